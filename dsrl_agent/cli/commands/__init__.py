"""Run the commands of `dsrl`: a module for each, with a function `run(options, given)`."""
