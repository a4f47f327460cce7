"""Write the page on which an episode of an agent's play can be looked into, step by step."""

from dsrl_agent.explain.page.write import Shown, write_page

__all__ = ["Shown", "write_page"]
