"""How each target rounds: unit roundoffs, and what its functions are allowed to be off by."""

from __future__ import annotations

from dataclasses import dataclass

DOUBLE = 2.0**-53
SINGLE = 2.0**-24
HALF = 2.0**-11
"""Unit roundoff: half the distance of neighbouring numbers, relative to their magnitude."""

LARGEST_DOUBLE = (2 - 2.0**-52) * 2.0**1023
LARGEST_SINGLE = (2 - 2.0**-23) * 2.0**127
LARGEST_HALF = (2 - 2.0**-10) * 2.0**15


@dataclass(frozen=True)
class Precision:
    """How a target rounds.

    Attributes:
        element: Unit roundoff of per-element arithmetic.
        smallest: Smallest positive number of that arithmetic: the error of an underflow.
        largest: Largest finite number of that arithmetic; beyond it a result may be infinite.
        dtype: NumPy's name of its numbers.
        division: Error of a division, in units of `element`.
        root: Error of a square root, in units of `element`.
        function: Error of exponentials, logarithms and powers, in units of `element`.
        exponent: Error of an exponential for each unit of its argument, in units of `element`: what a target that
            forms `2**(x * log2(e))` loses in the product.
        flushed: Arguments of roots below this may count as zero.
        launches: Whether host and tensor values reach the code that runs once a tensor as numbers of the element's
            precision, being arguments of a launch or passed through memory.
        accumulate: Unit roundoff of sums within a reduction.
        coarse: Unit roundoff of what is computed once a step or tensor.
        trees: Whether sums along the lines of a matrix are added up in trees; NumPy adds those of columns one by one.
    """

    element: float
    smallest: float
    largest: float
    dtype: str = "float32"
    division: float = 1.0
    root: float = 1.0
    function: float = 8.0
    exponent: float = 0.0
    flushed: float = 0.0
    launches: bool = False
    accumulate: float = DOUBLE
    coarse: float = DOUBLE
    trees: bool = False


# `function`: NumPy promises 4 ulp (8 units) for its vectorized exp, log and power of either precision, and the math
# module does better. Everything else is IEEE.
FLOAT64 = Precision(DOUBLE, 2.0**-1074, LARGEST_DOUBLE, "float64")
FLOAT32 = Precision(SINGLE, 2.0**-149, LARGEST_SINGLE)
FLOAT16 = Precision(HALF, 2.0**-24, LARGEST_HALF, "float16")  # NumPy computes in float32 and rounds, to the same

# Kernels in Triton's interpreter: NumPy's arithmetic, but sums within a block are in float32.
INTERPRETED = Precision(SINGLE, 2.0**-149, LARGEST_SINGLE, launches=True, accumulate=SINGLE)

# Kernels on NVIDIA GPUs, by what Triton makes of them and by the PTX manual: `/` is div.full.f32 (2 ulp, 4 units);
# tl.sqrt is sqrt.approx.ftz.f32 (relative error 2**-23, 2 units; subnormal arguments are flushed); tl.exp is
# ex2.approx.f32 (2 ulp, 4 units) of a rounded product with a rounded log2(e); tl.log is within 1 ulp, subnormal results
# flushed; powers are computed in float64. Multiply and add may contract to one rounding instead of two, which every
# bound for two covers.
CUDA = Precision(
    SINGLE,
    2.0**-126,
    LARGEST_SINGLE,
    division=4.0,
    root=2.0,
    exponent=2.0,
    flushed=2.0**-126,
    launches=True,
    accumulate=SINGLE,
    trees=True,
)
