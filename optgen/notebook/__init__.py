"""`optgen.load`: a spec in a notebook or script, and all that is generated from it, without a build."""

from .loaded import Loaded
from .loading import load

__all__ = ["Loaded", "load"]
