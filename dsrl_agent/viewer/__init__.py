"""Pictures of play: composed ones, animations and a live window."""

from dsrl_agent.viewer.gif import save_gif
from dsrl_agent.viewer.picture import Panel, compose
from dsrl_agent.viewer.window import LiveWindow

__all__ = ["LiveWindow", "Panel", "compose", "save_gif"]
