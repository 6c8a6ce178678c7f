"""The little that generated code shares. It imports nothing of optgen and travels with the generated folders."""
