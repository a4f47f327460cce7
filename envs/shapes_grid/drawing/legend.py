"""Give the keys and the meanings of shapes to people who play."""

from __future__ import annotations

import numpy as np

from shapes_grid.appearances import WHITE, Appearances
from shapes_grid.drawing.canvas import BACKGROUND, Frame
from shapes_grid.drawing.coverage import part_coverage
from shapes_grid.shapes import AGENT_SHAPE, SHAPES, Role
from shapes_grid.spec import WorldSpec

_LEFT, _RIGHT, _UP, _DOWN = 1073741904, 1073741903, 1073741906, 1073741905  # SDL's arrow keys
_SIDE = 24  # side of a picture in pixels

_MEANINGS: dict[Role, str] = {
    "object": "",
    "lethal": "ends the episode",
    "wall": "blocks",
    "box": "can be pushed",
    "key": "opens a door",
    "door": "needs a key",
    "gate": "needs a switch",
    "switch": "opens gates",
    "pressed": "was stepped on",
}


def keys_to_action(spec: WorldSpec) -> dict[tuple[int, ...], int]:
    """Return the action of each arrow key; with a heading, up goes forward, left and right turn."""
    keys = (_LEFT, _RIGHT, _UP, _DOWN)[: len(spec.actions)]
    return {(key,): action for action, key in enumerate(keys)}


def legend(spec: WorldSpec) -> list[tuple[Frame, str]]:
    """Return the pictures of the agent and of every kind, `uint8 [h, w, 3]`, with their texts."""
    entries = []
    if spec.agent:
        entries.append((picture_of(AGENT_SHAPE, spec), "you"))
    for kind in spec.kinds:
        worth = spec.rewards.get(kind, 0.0)
        gain = f"{worth:+g}" if worth or spec.role(kind) == "object" else ""
        meaning = ", ".join(part for part in (gain, _MEANINGS[spec.role(kind)]) if part)
        entries.append((picture_of(kind, spec), f"{kind}: {meaning}"))
    return entries


def picture_of(shape: str, spec: WorldSpec) -> Frame:
    """Return the picture of a shape in its usual look, `uint8 [h, w, 3]`."""
    varies = shape in spec.kinds and spec.is_object(shape)
    colours = np.array([SHAPES[shape].colour])
    if spec.colours == "white" or (spec.colours == "random" and varies):
        colours = np.array([WHITE])
    elif varies:
        colours = Appearances(spec).usual_colours(shape)
    alphas = part_coverage(shape, _SIDE, len(colours))
    if spec.outlines == "random" and varies:  # only the colour tells the kind
        alphas = part_coverage("square", _SIDE, len(colours), scale=2.0)
    picture = BACKGROUND * (1 - alphas.sum(axis=0)[:, :, None])
    for alpha, colour in zip(alphas, colours, strict=True):
        picture = picture + alpha[:, :, None] * colour
    return np.asarray(np.rint(picture), np.uint8)
