"""Pass every environment through one door: frames of RGB, numbered actions, checked steps."""

from dsrl_agent.runtime.door.door import Door, at_door, door_of
from dsrl_agent.runtime.door.making import make_env, open_env
from dsrl_agent.runtime.door.view import View

__all__ = ["Door", "View", "at_door", "door_of", "make_env", "open_env"]
