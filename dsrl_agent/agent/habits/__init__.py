"""Meet the habits of Stable-Baselines3: settings, prediction, callbacks, loggers, environments."""
