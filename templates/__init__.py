"""Templates, one folder a target: layout only. Each `_runtime` is copied beside the generated code."""
