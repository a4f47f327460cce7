"""`python -m dsrl_agent` is `dsrl`."""

from dsrl_agent.cli.main import main

main()
