"""Which recipe an environment gets, and what is said about it."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium import spaces

from dsrl_agent.config import DoorThresholds
from dsrl_agent.errors import ConfigError, HandoverError, ObservationError
from dsrl_agent.runtime.door.choosing import Choice, choose
from dsrl_agent.runtime.door.view import View


class Shown(gym.Env[Any, Any]):
    """Shows one observation always; `picture` is what it renders."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(self, space: spaces.Space[Any], observation: Any, picture: Any = None) -> None:
        self.observation_space, self.action_space = space, spaces.Discrete(2)
        self._observation, self._picture = observation, picture
        if picture is not None:
            self.render_mode = "rgb_array"
            self.metadata = {"render_modes": ["rgb_array"]}

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        return self._observation, {}

    def step(self, action: Any) -> Any:
        return self._observation, 0.0, False, False, {}

    def render(self) -> Any:
        if isinstance(self._picture, Exception):
            raise self._picture
        return self._picture


def chosen(env: gym.Env[Any, Any], view: View | None = None, **thresholds: Any) -> Choice:
    return choose(env, DoorThresholds(**thresholds), view, lambda text: None)


PICTURE = np.full((20, 30, 3), 90, np.uint8)
FRAMES = spaces.Box(0, 255, (40, 50, 3), np.uint8)
SYMBOLS = np.array([[[2, 5, 0]] * 7] * 7, np.uint8)
GRID = spaces.Dict({"image": spaces.Box(0, 255, (7, 7, 3), np.uint8), "way": spaces.Discrete(4)})


def test_frames_are_taken_as_they_are_and_nothing_is_said() -> None:
    choice = chosen(Shown(FRAMES, np.zeros((40, 50, 3), np.uint8)))
    assert (choice.view, choice.said, choice.frame_shape) == (View(), "", (40, 50, 3))


def test_what_is_no_image_is_rendered() -> None:
    choice = chosen(Shown(spaces.Discrete(16), 3, PICTURE))
    assert choice.view == View(rendered=True)
    assert choice.said == (
        "Shown: its observations are no image (Discrete(16)), so its picture is rendered; "
        "frames are 20 x 30 pixels"
    )


def test_a_rendered_picture_with_opacity_is_taken() -> None:
    picture = np.full((20, 30, 4), 255, np.uint8)
    assert chosen(Shown(spaces.Discrete(16), 3, picture)).view == View(rendered=True, layout="rgba")
    with pytest.raises(ObservationError, match=r"must be an array \[height, width, 3\], or with"):
        chosen(Shown(spaces.Discrete(16), 3, picture[..., :2]))


def test_symbols_in_the_form_of_an_image_are_not_taken_for_pixels() -> None:
    symbols = {"image": SYMBOLS, "way": 0}
    choice = chosen(Shown(GRID, symbols, PICTURE))
    assert choice.view.rendered
    assert "(7, 7, 3) hold symbols, not pixels" in choice.said
    with pytest.raises(ObservationError, match="hold symbols, not pixels, and of its render modes"):
        chosen(Shown(GRID, symbols))


def test_an_image_in_a_dict_is_taken_out() -> None:
    space = spaces.Dict({"view": FRAMES, "way": spaces.Discrete(4)})
    frame = np.full((40, 50, 3), 100, np.uint8)
    choice = chosen(Shown(space, {"view": frame, "way": 0}, PICTURE))
    assert choice.view == View(path=("view",))
    assert "the image 'view' is taken from its observations" in choice.said


def test_of_several_images_none_is_taken() -> None:
    space = spaces.Dict({"left": FRAMES, "right": FRAMES})
    with pytest.raises(ObservationError, match=r"hold several images \(left, right\)"):
        chosen(Shown(space, {}))
    assert chosen(Shown(space, {}, PICTURE)).view.rendered


def test_planes_become_squares_of_colours() -> None:
    space = spaces.Box(0, 1, (10, 10, 4), np.bool_)  # type: ignore[arg-type]
    choice = chosen(Shown(space, np.zeros((10, 10, 4), np.bool_)))
    assert (choice.view, choice.frame_shape) == (View(layout="planes", cell=6), (60, 60, 3))
    assert "its 4 planes become colours" in choice.said


def test_an_environment_without_image_or_picture_is_refused() -> None:
    with pytest.raises(ObservationError) as caught:
        chosen(Shown(spaces.Discrete(16), 3))
    assert str(caught.value) == (
        "Shown cannot be seen: its observations are no image (Discrete(16)), and of its render "
        "modes [] none is 'rgb_array'; wrap it so that it shows pixels: --env.wrappers "
        "'[module:Wrapper]', or in Python DSRL(Wrapper(env))."
    )


def test_the_source_can_be_set() -> None:
    env = Shown(FRAMES, np.zeros((40, 50, 3), np.uint8), PICTURE)
    assert chosen(env, source="rendered").view.rendered
    with pytest.raises(ObservationError, match=r"env.door.source is 'observation'"):
        chosen(Shown(spaces.Discrete(3), 0, PICTURE), source="observation")


def test_an_environment_made_without_a_render_mode_is_made_anew() -> None:
    env = gym.make("FrozenLake-v1")
    choice = chosen(env)
    assert env.render_mode is None
    assert choice.env.render_mode == "rgb_array"
    assert choice.view.factor == 4  # cells of 64 pixels


def test_the_recipe_of_another_door_is_kept() -> None:
    view = View(rendered=True, factor=2)
    assert chosen(Shown(spaces.Discrete(3), 0, PICTURE), view).frame_shape == (10, 15, 3)
    with pytest.raises(ObservationError, match="must hold an image at view, as in training"):
        chosen(Shown(FRAMES, PICTURE), View(path=("view",)))


@pytest.mark.parametrize("picture", [[], "text", np.zeros((4, 4)), np.zeros((4, 4, 2), np.uint8)])
def test_a_picture_must_be_an_array_of_colours(picture: Any) -> None:
    with pytest.raises(ObservationError, match="a picture must be an array"):
        chosen(Shown(spaces.Discrete(3), 0, picture))


def test_a_picture_that_needs_a_missing_package_names_it() -> None:
    missing = gym.error.DependencyNotInstalled("pygame is not installed, run `pip install pygame`")
    with pytest.raises(ConfigError, match="Shown cannot be rendered: pygame is not installed"):
        chosen(Shown(spaces.Discrete(3), 0, missing))


def test_an_environment_that_raises_at_the_first_look_is_named() -> None:
    env = Shown(GRID, {"image": SYMBOLS, "way": 0})
    env.reset = lambda **_: 1 // 0  # type: ignore[method-assign]
    with pytest.raises(HandoverError, match=r"Shown raised ZeroDivisionError in reset\(\), before"):
        chosen(env)
