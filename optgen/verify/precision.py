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
        cosine: The same of cosines.
        host: The same of all of them once a step or tensor, in units of `coarse`.
        exponent: Error of an exponential for each unit of its argument, in units of `element`: what a target that
            forms `2**(x * log2(e))` loses in the product.
        flushed: Arguments of roots below this may count as zero.
        launches: Whether host and tensor values reach the code that runs once a tensor as numbers of the element's
            precision, being arguments of a launch or passed through memory.
        accumulate: Unit roundoff of sums within a reduction.
        coarse: Unit roundoff of what is computed once a step or tensor.
        trees: Whether sums along the lines of a matrix are added up in trees; NumPy adds those of columns one by one.
        chains: Whether any sum may be added up one number after the other.
        noise: Error of a normal number, in units of `element`, and as many for each unit of its magnitude.
    """

    element: float
    smallest: float
    largest: float
    dtype: str = "float32"
    division: float = 1.0
    root: float = 1.0
    function: float = 8.0
    cosine: float = 8.0
    host: float = 8.0
    exponent: float = 0.0
    flushed: float = 0.0
    launches: bool = False
    accumulate: float = DOUBLE
    coarse: float = DOUBLE
    trees: bool = False
    chains: bool = False
    noise: float = 100.0  # of an angle up to two pi, of a radius up to six, and of the rest


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

# Code for CPUs as Numba compiles it: LLVM without fast-math, whose arithmetic, division, root and floor are IEEE, and
# without flushing. exp, log and pow of float32 are made in float64, 1e-10 off, and rounded once; other functions are
# the C library's, for which glibc states at most 1 ulp (2 units) in either precision. Sums are in float64 whatever the
# elements are; their order is left to the compiler, which adds as many numbers side by side as its vectors hold, or,
# where it does not vectorize a loop, one after the other: so that is what has to be allowed. Normal numbers are made
# in float64: float32 only rounds them, once.
COMPILED_SINGLE = Precision(
    SINGLE, 2.0**-149, LARGEST_SINGLE, function=1.01, cosine=2.0, host=2.0, chains=True, noise=1.0
)
COMPILED_DOUBLE = Precision(
    DOUBLE, 2.0**-1074, LARGEST_DOUBLE, "float64", function=2.0, cosine=2.0, host=2.0, chains=True
)
