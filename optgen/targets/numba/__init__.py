"""The fused CPU path: a compiled function for each pass over memory, and the loops of the runtime around them."""

from __future__ import annotations

from optgen.ir.nodes import Role
from optgen.passes.ranges import ranges
from optgen.spec.model import SpecKind
from optgen.targets.base import Unit, render
from optgen.targets.flow import VIEWS
from optgen.targets.host import scalars_function, tensor_lists
from optgen.targets.layout import call, guarded, signature
from optgen.targets.scalars import ScalarPrinter
from optgen.targets.signature import called, checks, described, imports, of_first_step, wrapped
from optgen.targets.torch_functions import functions, imported
from optgen.targets.torch_states import Dtypes, initial, point

from .between import compiled_finish
from .loops import Compiled, compiled_pass
from .places import LOCAL, MODULE, Places
from .printer import HELPERS

TEMPLATE = "numba/cpu.py.j2"
_HELPERS = (*HELPERS, "larger", "load", "max_values", "normal", "plus", "store", "sum_values", "to_number", "uniform")
_DTYPES = Dtypes("precision(theta)", ".to(precision(theta))")
_SAME = {
    "arithmetic": "arithmetic is in float64 for float64, in float32 otherwise.",
    "unusable": "The tensors are on a GPU.",
}
_ONE = _SAME | {
    "theta": "Parameter; float64, float32, float16 or bfloat16, contiguous, any shape, on the CPU.",
    "grad": "Gradient of the same shape; of one of these dtypes, contiguous.",
    "state": "From `init`; tensors of the dtype of the arithmetic, of the same shape, contiguous",
    "input": "Further tensor, of the same shape as `theta`; dtypes as for `grad`.",
    "init": "State before the first step: a dict of tensors like `theta`, of the dtype of the arithmetic.",
    "point": "Where the gradient of a step is to be taken, as a new tensor; arguments and errors as for `step_`.",
}
_TOGETHER = _SAME | {
    "theta": "Parameters that are updated together: a list of tensors of float64, float32, float16 or bfloat16,\n"
    "            contiguous, any shapes, on the CPU.",
    "grad": "Gradients: a list of tensors of the same shapes; of these dtypes, contiguous.",
    "state": "From `init`; lists of tensors of the dtype of the arithmetic, of the same shapes, contiguous",
    "input": "Further tensors: a list of the same shapes as `theta`; dtypes as for `grad`.",
    "init": "State before the first step: a dict of lists of tensors like `theta`, of the dtype of the arithmetic.",
    "point": "Where the gradients of a step are to be taken, as new tensors; arguments and errors as for `step_`.",
}


class NumbaTarget:
    """Renders `cpu.py`."""

    name = "numba"
    kinds = frozenset({SpecKind.OPTIMIZER})
    reserved = LOCAL | MODULE

    def render(self, unit: Unit) -> dict[str, str]:
        """The module's text."""
        values = {
            **described(unit, TEMPLATE),
            **checks(unit.spec),
            **of_first_step(unit),
            **functions(unit, _TOGETHER if unit.program.spans_tensors else _ONE),
            **_of_code(unit),
            "about": wrapped(unit.spec.doc.split("\n\n")[0].replace("\n", " ")),
        }
        return {"cpu.py": render(TEMPLATE, values)}


def _of_code(unit: Unit) -> dict[str, object]:
    """What the template needs for the code that computes, and what calls it."""
    places = Places(unit)
    compiled = _in_order(places)
    first = initial(unit.program, _DTYPES)
    moved = point(unit.program, _DTYPES) if unit.program.at else []
    host = _host(places)
    scalars, given = scalars_function(unit, places, host, [places.name(name) for name in places.scalars])
    text = "\n".join(line for function in compiled for line in function.body)
    on_host = "\n".join((*host, *first, *moved))
    return {
        "compiled": compiled,
        "uses_numpy": "np." in text,
        "uses_math": "math." in on_host,
        "uses_ieee": "ieee." in on_host,
        "imports": _imports(unit, places, compiled, text, on_host),
        "tables": call("TABLES = Tables(", _tables(places), ")"),
        "stages_signature": signature(
            "def stages(",
            ["real: Any", "param: Any", "data: Any", *(f"{f}: bool" for f in _deciding(places, compiled))],
            ") -> tuple[Stage | None, ...]:",
        ),
        "stages": [line for function in compiled for line in _stage(function).split("\n")],
        **scalars,
        "initial": first,
        "point": moved,
        "batches": call("batches = batches_of(", ["TABLES", *tensor_lists(unit, places)], ")", indent=4),
        "numbers": call("numbers = scalars(", given, ")", indent=4),
        "run": _run(unit, _deciding(places, compiled)),
    }


def _in_order(places: Places) -> list[Compiled]:
    """Every compiled function, in the order in which they run."""
    found = [compiled_finish(places, finish) for finish in places.schedule.behind(0)]
    for phase in places.schedule.phases:
        found.append(compiled_pass(places, phase))
        found += [compiled_finish(places, finish) for finish in places.schedule.behind(phase.number)]
    return found


def _stage(function: Compiled) -> str:
    made = f"compiled({', '.join([function.name, *function.constants])})"
    stage = f"{function.stage}({', '.join([made, *function.more])})"
    return f"{stage} if {function.condition} else None," if function.condition else f"{stage},"


def _deciding(places: Places, compiled: list[Compiled]) -> list[str]:
    """The flags that decide what is compiled, or run."""
    words = {word for f in compiled for text in (*f.constants, f.condition) for word in text.split()}
    return [flag for flag in places.flags if flag in words]


def _host(places: Places) -> list[str]:
    printer = ScalarPrinter(places.rates, places.printed, ranges(places.program))
    return guarded(("", f"{places.name(let.name)} = {printer(let.expr)}") for let in places.schedule.host)


def _tables(places: Places) -> list[str]:
    view = [f"view={VIEWS[places.program.view]}"] if places.program.view else []
    return [*view, *(f"{name}={size}" for name, size in places.tables.items())]


def _run(unit: Unit, flags: list[str]) -> str:
    stages = f"stages({', '.join(['*batch.types', *flags])})"
    turn = ["batch", stages, "numbers", "t", *["seed"] * bool(unit.program.input_of(Role.NOISE))]
    return call("run_step(", [f"[Turn({', '.join(turn)}) for batch in batches]"], ")", indent=4)


def _imports(unit: Unit, places: Places, compiled: list[Compiled], text: str, on_host: str) -> str:
    names = (
        imported(unit)
        | {"Stage", "Tables", "Turn", "batches_of", "compiled", "run_step"}
        | called(_HELPERS, text, "np")
    )
    names |= {function.stage for function in compiled}
    names |= {"float64"} if "float64" in text else set()
    names |= {"precision"} if "precision(" in on_host else set()
    return imports("cpu", names | ({VIEWS[places.program.view]} if places.program.view else set()))


TARGET = NumbaTarget()
