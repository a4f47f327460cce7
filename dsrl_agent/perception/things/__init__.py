"""Learn a generative model of things from motion and standing still, and see through it."""
