"""Helpers that the tests of this folder share stand beside them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
