"""Choose the recipe from an environment's observations to frames, and say what it does."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from dsrl_agent.checks import line_of
from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError, DSRLError, HandoverError, ObservationError
from dsrl_agent.runtime.door.handover import (
    Note,
    plain_array,
    require_foreign,
    shown,
    split_reset,
    split_step,
)
from dsrl_agent.runtime.door.images import Image, holds_symbols, images_in, missions_of
from dsrl_agent.runtime.door.reduction import Reduction, reduction_of
from dsrl_agent.runtime.door.view import Layout, View
from dsrl_agent.types import Frame

_MODE = "rgb_array"
_LEVELS = 255.0
_LEAST_VIEW = 3  # cells of a side: fewer show nothing
_PICTURES: Mapping[tuple[int, ...], Layout] = {(3,): "rgb", (4,): "rgba"}  # by the last axis
_EPISODE = 3  # images of an episode that is looked at
_REMEDY = (
    "wrap it so that it shows pixels: --env.wrappers '[module:Wrapper]', or in Python "
    "DSRL(Wrapper(env))"
)


class ImageForm(NamedTuple):
    """What every image that an environment hands over must be."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    high: float  # the highest value; the lowest is 0


class Choice(NamedTuple):
    """An environment with the recipe for its frames."""

    env: gym.Env[Any, Any]  # made anew where it has to render
    view: View
    form: ImageForm  # of the images that the recipe takes
    frame_shape: tuple[int, int, int]
    said: str  # what was done, in a few words; empty where frames are taken as they are
    unread: tuple[str, ...] = ()  # what else is told that holds for an episode, by its name


def choose(
    env: gym.Env[Any, Any], thresholds: DoorThresholds, view: View | None, note: Note
) -> Choice:
    """Return the recipe for the frames of an environment; with `view`, that one is taken.

    Raises:
        ObservationError: There is no image among the observations, and no picture to render.
        ConfigError: The picture cannot be rendered, as a package is missing.
    """
    if view is not None and not (view.plain and not _is_plain(env)):
        return _finished(_of_view(env, view), view, "", note)
    found, reason = _found(env, thresholds, note)
    view, words = found.image.view, [reason] if reason else _words(found.image)
    if max(found.form.shape) > thresholds.large and view.layout != "planes":
        reduction = reduction_of(_frames(found, thresholds.looked_at, note), thresholds)
        view = dataclasses.replace(view, factor=reduction.factor, corner=reduction.corner)
        words += _reduction_words(reduction)
    if view.layout == "planes":
        view = dataclasses.replace(view, cell=thresholds.plane_cell)
    missions = missions_of(env, thresholds, note)
    words += [
        f"its {name} changes from episode to episode ({text}) and is not read"
        for name, text in missions.items()
    ]
    return _finished(found, view, "; ".join(words), note)._replace(unread=tuple(missions))


class Found(NamedTuple):
    """An environment, and the image that it shows."""

    env: gym.Env[Any, Any]
    image: Image
    form: ImageForm


def _found(env: gym.Env[Any, Any], thresholds: DoorThresholds, note: Note) -> tuple[Found, str]:
    """Return the image to take, and why the picture is rendered if it is."""
    reason = "pictures are asked for by env.door.source"
    if thresholds.source != "rendered":
        images = list(images_in(env.observation_space))
        if len(images) == 1:
            found = Found(env, images[0], _form(images[0].box))
            if not _is_symbolic(found, thresholds, note):
                return found, ""
            reason = f"its observations {found.form.shape} hold symbols, not pixels"
        elif images:
            paths = ", ".join(".".join(map(str, image.view.path)) for image in images)
            reason = f"its observations hold several images ({paths})"
        else:
            reason = f"its observations are no image ({_space(env.observation_space)})"
    if thresholds.source == "observation":
        raise ObservationError(
            f"{name_of(env)} cannot be seen: {reason}, and env.door.source is 'observation'; "
            f"{_REMEDY}, or leave env.door.source at 'auto'."
        )
    rendering = _rendering(env, reason)
    return _of_view(rendering, View(rendered=True)), f"{reason}, so its picture is rendered"


def _is_symbolic(found: Found, thresholds: DoorThresholds, note: Note) -> bool:
    """Return whether an image that is small enough holds symbols; looks at one observation."""
    sides = found.form.shape[:2]
    small = max(sides) <= thresholds.symbol_side and min(sides) >= _LEAST_VIEW
    if not small or found.image.view.layout == "planes" or found.form.dtype.kind == "f":
        return False
    if not found.image.view.path and min(sides) > thresholds.symbol_levels:
        return False
    return holds_symbols(_images(found, 1, note)[0], thresholds)


def _of_view(env: gym.Env[Any, Any], view: View) -> Found:
    """Return the image that a recipe takes from an environment.

    Raises:
        ObservationError: The environment has no such image.
    """
    if view.rendered:
        rendering = _rendering(env, "its pictures were rendered in training")
        picture = _begin(rendering, rendered=True)
        layout = _PICTURES.get(picture.shape[2:]) if isinstance(picture, np.ndarray) else None
        if layout is None:
            raise ObservationError(
                f"{name_of(env)} renders {shown(picture)}, but a picture must be an array [height, "
                f"width, 3], or with opacity [height, width, 4]; {_REMEDY}."
            )
        high = 1.0 if picture.dtype.kind == "f" and picture.max() <= 1.0 else _LEVELS
        view = dataclasses.replace(view, scale=_LEVELS / high, layout=layout)
        image = Image(view, spaces.Box(0, 1))
        return Found(rendering, image, ImageForm(picture.shape, picture.dtype, high))
    for image in images_in(env.observation_space):
        if image.view.path == view.path:
            return Found(env, image, _form(image.box))
    raise ObservationError(
        f"The observation space of {name_of(env)} is {_space(env.observation_space)}, but it must "
        f"hold an image{' at ' + '.'.join(map(str, view.path)) if view.path else ''}, as in "
        "training; make the environment as it was made in training."
    )


def _is_plain(env: gym.Env[Any, Any]) -> bool:
    """Return whether the observations of an environment are frames already."""
    box = env.observation_space
    return isinstance(box, spaces.Box) and box.dtype == np.uint8 and _shows_frames(box)


def _shows_frames(box: spaces.Box) -> bool:
    return any(image.view.plain for image in images_in(box))


def _form(box: spaces.Box) -> ImageForm:
    assert box.dtype is not None
    return ImageForm(tuple(box.shape), np.dtype(box.dtype), float(box.high.max()))


def _rendering(env: gym.Env[Any, Any], reason: str) -> gym.Env[Any, Any]:
    """Return the environment in the render mode rgb_array, made anew if it has another.

    Raises:
        ObservationError: It has no such mode, or cannot be made anew.
    """
    if env.render_mode == _MODE:
        return env
    modes = list(env.metadata.get("render_modes") or [])
    if _MODE not in modes:
        raise ObservationError(
            f"{name_of(env)} cannot be seen: {reason}, and of its render modes {modes} none is "
            f"{_MODE!r}; {_REMEDY}."
        )
    try:
        if env.spec is None:
            raise ValueError("it has no spec")
        return gym.make(env.spec, render_mode=_MODE, disable_env_checker=True)
    except (gym.error.Error, TypeError, ValueError, AttributeError) as error:
        raise ObservationError(
            f"{name_of(env)} cannot be seen: {reason}, and it was made without render_mode="
            f"{_MODE!r} and cannot be made anew ({' '.join(str(error).split())}); make it with "
            "that render_mode."
        ) from error


def _begin(env: gym.Env[Any, Any], *, rendered: bool) -> Any:
    """Begin an episode, and return its first picture or observation."""
    result = _reached(env, "reset", lambda: env.reset(seed=0))
    return picture_of(env) if rendered else result


def picture_of(env: gym.Env[Any, Any]) -> Any:
    """Return what an environment renders.

    Raises:
        ConfigError: A package for rendering is missing.
    """
    try:
        return env.render()
    except gym.error.DependencyNotInstalled as error:
        reason = line_of(error)
        raise ConfigError(f"{name_of(env)} cannot be rendered: {reason}") from error


def _reached(env: gym.Env[Any, Any], method: str, call: Any) -> Any:
    """Return the result of a call of the environment, before the first episode of an actor."""
    try:
        return call()
    except DSRLError:
        raise
    except BaseException as error:  # foreign code may raise anything
        require_foreign(error)
        raise HandoverError(
            f"{name_of(env)} raised {type(error).__name__} in {method}(), before the first episode:"
            f" {line_of(error)}; mend the environment."
        ) from error


def _images(found: Found, count: int, note: Note) -> list[NDArray[Any]]:
    """Return `count` images of random play, in short episodes from seed 0 on: many layouts."""
    env, view = found.env, found.image.view
    rng, images, over = np.random.default_rng(0), list[NDArray[Any]](), True
    actions = env.action_space
    assert isinstance(actions, spaces.Discrete)
    while len(images) < count:
        if over:
            result = _reached(env, "reset", lambda: env.reset(seed=len(images)))
            observation, over = split_reset(result, note)[0], False
        else:
            action = int(actions.start + rng.integers(actions.n))
            result = _reached(env, "step", lambda taken=action: env.step(taken))
            observation, _, terminated, truncated, _ = split_step(result, note)
            over = bool(terminated or truncated) or len(images) % _EPISODE == _EPISODE - 1
        raw = picture_of(env) if view.rendered else view.array(observation)
        images.append(np.array(plain_array(raw, *found.form, note)))
    return images


def _frames(found: Found, count: int, note: Note) -> Frame:
    return np.stack([found.image.view.frame(image) for image in _images(found, count, note)])


def _finished(found: Found, view: View, said: str, note: Note) -> Choice:
    blank = np.zeros(found.form.shape, found.form.dtype)
    height, width, channels = view.frame(blank).shape
    if said:
        said = f"{name_of(found.env)}: {said}; frames are {height} x {width} pixels"
    return Choice(found.env, view, found.form, (height, width, channels), said)


def _words(image: Image) -> list[str]:
    """Return what a recipe does to an observation, without any reduction."""
    view, words = image.view, list[str]()
    if view.path:
        words.append(f"the image {'.'.join(map(str, view.path))!r} is taken from its observations")
    if view.channels_first:
        words.append("colours are moved to the last axis")
    if view.layout == "planes":
        words.append(f"its {image.box.shape[2]} planes become colours")
    if view.layout == "grey":
        words.append("its grey levels become RGB")
    if view.layout == "rgba":
        words.append("its opacity is applied over black")
    if view.scale != 1.0:
        words.append("its values 0 to 1 become 0 to 255")
    return words


def _reduction_words(reduction: Reduction) -> list[str]:
    if reduction.factor == 1:
        return []
    return [f"{reduction.sign}, so frames are brought down by {reduction.factor}"]


def _space(space: spaces.Space[Any]) -> str:
    text = " ".join(str(space).split())
    return text if len(text) <= 80 else f"{text[:80]}..."


def name_of(env: gym.Env[Any, Any]) -> str:
    """Return the id of an environment, or the name of its class if it has no id.

    What stands for an environment of several says itself what it is shown as.
    """
    if env.spec is not None:
        return env.spec.id
    return getattr(env.unwrapped, "shown_as", type(env.unwrapped).__name__)
