"""`optgen.load`: a spec in a notebook or script, and all that is generated from it, without a build."""

from .loading import load
from .loaded import Loaded

__all__ = ["Loaded", "load"]
