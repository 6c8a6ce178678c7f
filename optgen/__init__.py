"""optgen: optimizers declared once as equations; kernels, references and documentation generated and verified.

Importing this package is cheap: SymPy, Jinja2, torch and Triton are imported by the parts that need them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optgen.notebook import load as load
    from optgen.problems import SpecError as SpecError

__version__ = "0.1.0"

# In a checkout, `specs/`, `generated/` and `templates/` stand beside this folder; an installed package has them
# inside it. Searching the checkout's root as well makes `optgen.generated` mean the same in both.
_root = Path(__file__).resolve().parent.parent
if (_root / "pyproject.toml").is_file() and (_root / "templates").is_dir():
    __path__.append(str(_root))
del Path

if not TYPE_CHECKING:  # else anything would be an attribute of this package

    def __getattr__(name: str) -> Any:
        """Import what notebooks and scripts use when it is first asked for."""
        if name == "load":
            from optgen.notebook import load

            return load
        if name == "SpecError":
            from optgen.problems import SpecError

            return SpecError
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return ["SpecError", "__version__", "generated", "load", "optim", "spec"]
