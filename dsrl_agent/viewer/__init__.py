"""Show play as pictures, animations and windows, and let a person play or direct by keyboard."""

from dsrl_agent.viewer.game import Game
from dsrl_agent.viewer.gif import save_gif
from dsrl_agent.viewer.keyboard import Keyboard
from dsrl_agent.viewer.picture import Panel, compose
from dsrl_agent.viewer.playable import keys_of, playable_env
from dsrl_agent.viewer.playback import END_SCENES, Playback, PlayScene
from dsrl_agent.viewer.watched import WatchedAgent
from dsrl_agent.viewer.window import KeyboardWindow

__all__ = [
    "END_SCENES",
    "Game",
    "Keyboard",
    "KeyboardWindow",
    "Panel",
    "PlayScene",
    "Playback",
    "WatchedAgent",
    "compose",
    "keys_of",
    "playable_env",
    "save_gif",
]  # fmt: skip
