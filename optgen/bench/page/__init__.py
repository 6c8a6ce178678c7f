"""The page on performance, made of the committed results and of nothing else."""
