"""Keep garbage collections out of loops whose every step is to be quick, and of loading."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def set_aside() -> Iterator[None]:
    """Leave the objects made so far out of garbage collections within the context, or a function.

    Libraries and what was learned are some hundred thousand objects. A full collection looks at
    each, which takes a tenth of a second, now and then, in the middle of a decision. Contexts may
    be nested: the outermost gives all objects back, unless the program had set some aside itself.
    """
    already = gc.get_freeze_count()
    gc.freeze()
    try:
        yield
    finally:
        if not already:
            gc.unfreeze()


@contextmanager
def none_meanwhile() -> Iterator[None]:
    """Make no garbage collections within the context, as while libraries that stay are loaded.

    The collector looks again and again at what is being made, and would find nothing.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
