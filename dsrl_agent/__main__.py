"""`python -m dsrl_agent` is `dsrl`."""

from dsrl_agent.cli import main

main()
