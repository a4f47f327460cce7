"""Import QR-DQN from sb3-contrib, an optional dependency."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from dsrl_agent.errors import ConfigError

if TYPE_CHECKING:
    from sb3_contrib import QRDQN


def require_contrib() -> None:
    """Refuse to continue without sb3-contrib; it is not imported, which would take seconds.

    Raises:
        ConfigError: It is not installed.
    """
    if find_spec("sb3_contrib") is None:
        raise ConfigError(
            "QR-DQN is of sb3-contrib, which is not installed; pip install 'dsrl-agent[contrib]', "
            "or name the other contestants by --only."
        )


def qrdqn() -> type[QRDQN]:
    """Return the class of QR-DQN.

    Raises:
        ConfigError: sb3-contrib is not installed.
    """
    require_contrib()
    from sb3_contrib import QRDQN

    algorithm: type[QRDQN] = QRDQN
    return algorithm
