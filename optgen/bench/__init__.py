"""Benchmarks: a step of our optimizers beside what users have today, interleaved in one run, as ratios."""
