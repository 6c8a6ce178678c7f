"""The optimizers that optgen ships, one spec a file."""
