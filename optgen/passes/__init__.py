"""Rewrites of programs, one subject a file; `pipeline` says which run and in which order."""
