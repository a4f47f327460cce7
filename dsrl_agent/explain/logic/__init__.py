"""Write knowledge and the greedy policy as a logic program in ASP syntax that clingo runs."""

from dsrl_agent.explain.logic.program import facts_as_logic, program, scene_as_logic
from dsrl_agent.explain.logic.solving import greedy_actions

__all__ = ["facts_as_logic", "greedy_actions", "program", "scene_as_logic"]
