"""Optimizers on functions of two variables: what their steps look like."""
