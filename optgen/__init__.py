"""optgen: optimizers declared once as equations; kernels, references and documentation generated and verified.

Importing this package is cheap: SymPy, Jinja2, torch and Triton are imported by the parts that need them.
"""

from pathlib import Path

__version__ = "0.1.0"

# In a checkout, `specs/`, `generated/` and `templates/` stand beside this folder; an installed package has them
# inside it. Searching the checkout's root as well makes `optgen.generated` mean the same in both.
_root = Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "templates").is_dir():
    __path__.append(str(_root))
del Path
