"""Spec files to begin with: a short lesson, or a copy of another spec under a new name."""
