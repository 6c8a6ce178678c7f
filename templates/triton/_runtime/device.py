"""Device functions that Triton lacks, or has otherwise on CPUs and GPUs."""

from __future__ import annotations

import triton
import triton.language as tl
from triton.language import core  # by name, for Triton's interpreter to see what is used of it

INTERPRET = tl.constexpr(triton.knobs.runtime.interpret)
"""Whether kernels run in Triton's interpreter, on CPU tensors."""


@triton.jit
def address(table_ptr, row, tensor, tensors, DTYPE: tl.constexpr, ALIGNED: tl.constexpr):
    """Where a tensor begins; aligned ones are read and written in vectors of four."""
    pointer = tl.load(table_ptr + (6 + row) * tensors + tensor).to(tl.pointer_type(DTYPE))
    if ALIGNED:
        pointer = tl.multiple_of(pointer, 4 * (DTYPE.primitive_bitwidth // 8))
    return pointer


@triton.jit
def begin_step(steps_ptr, found_ptr, scalars_ptr, count):
    """Count a step of `count` parameters that have made the same number of them; gives its number, in float64.

    Where gradients have overflowed, no step is counted, and later kernels leave everything as it is. A program has one
    warp, so that the number is read before any is written.
    """
    step = tl.load(steps_ptr).to(tl.float64) + 1.0
    made = double(1.0)
    if found_ptr is not None:
        made = tl.where(tl.load(found_ptr) == 0.0, made, 0.0)
    tl.store(scalars_ptr, made)
    tl.store(scalars_ptr + 1, step)
    counted = tl.where(made != 0.0, count, 0)
    for start in range(0, counted, 1024):
        offs = start + tl.arange(0, 1024)
        tl.store(steps_ptr + offs, step, offs < counted)
    return step


@triton.jit
def grad_factor_of(factor_ptr, scale_ptr):
    """What gradients are multiplied by: the given factor, over what the loss was scaled by."""
    factor = tl.load(factor_ptr)
    if scale_ptr is not None:
        factor = factor / tl.load(scale_ptr).to(tl.float64)
    return factor


@triton.jit
def goes(scalars_ptr):
    """Whether the step is made."""
    return tl.load(scalars_ptr) != 0.0


@triton.jit
def step_of(scalars_ptr):
    """The number of the step."""
    return tl.load(scalars_ptr + 1).to(tl.int64)


@triton.jit
def as_tensor(x):
    """A number of Python's as one of Triton's, so that its operations are not Python's."""
    return core.to_tensor(x)


@triton.jit
def double(x):
    """A number as float64, with all its digits: Triton holds one for a float32 where nothing else says what it is."""
    return tl.full((), x, tl.float64)


@triton.jit
def to_dtype(x, pointer):
    """Convert float32 values to what `pointer` points to, rounding to nearest even."""
    dtype: tl.constexpr = pointer.dtype.element_ty
    x = x.to(tl.float32)  # the interpreter widens where a scalar is beyond float32
    if INTERPRET and dtype == tl.bfloat16:  # the interpreter truncates, and loses subnormals
        bits = x.to(tl.uint32, bitcast=True)
        nearest = (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16
        result = tl.where(x == x, nearest, 0x7FC0).to(tl.uint16).to(tl.bfloat16, bitcast=True)
    else:
        result = x.to(dtype)
    return result


@triton.jit
def everywhere(x, offs):
    """One number as a block of float32."""
    return tl.full(offs.shape, x, tl.float32)


@triton.jit
def keep(x, offs, mask):
    """The values that are inside the tensor, 0 elsewhere; a mask that is None keeps all."""
    block = tl.broadcast_to(x, offs.shape)  # a choice by flags may have left one number
    return block if mask is None else tl.where(mask, block, 0.0)


@triton.jit
def maximum(x, y):
    """The larger of two; NaN wins, as in NumPy."""
    return tl.maximum(x, y, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def minimum(x, y):
    """The smaller of two; NaN wins, as in NumPy."""
    return tl.minimum(x, y, propagate_nan=tl.PropagateNan.ALL)


@triton.jit
def sign(x):
    """-1, 0 or 1; NaN stays NaN."""
    return tl.where(x > 0.0, 1.0, tl.where(x < 0.0, -1.0, x))


@triton.jit
def to_power(x, y):
    """`x ** y` as float64: in float32, the product `y * log2(x)` loses digits that count.

    As in NumPy, a negative number has whole powers only, and `x ** 0` is 1 for every x.
    """
    base, exponent = tl.cast(x, tl.float64), tl.cast(y, tl.float64)
    whole = tl.floor(exponent) == exponent
    odd = whole & (tl.floor(exponent * 0.5) != exponent * 0.5)
    size = tl.exp2(exponent * tl.log2(tl.abs(base)))
    below = tl.where(whole, tl.where(odd, -size, size), float("nan"))
    result = tl.where(base < 0.0, below, size)
    return tl.where(exponent == 0.0, 1.0, tl.where(base == 1.0, 1.0, result))


@triton.jit
def cube_root(x):
    """`x ** (1 / 3)` as float32, which a negative number has not.

    By one over it, in float64: a third of the exponent's bits is within 4 % of that, and each turn leaves the fourth
    power.
    """
    size = tl.abs(tl.cast(x, tl.float64))
    high = size.to(tl.int64, bitcast=True) >> 32
    inverse = ((1430186685 - ((high * 0x55555556) >> 32)) << 32).to(tl.float64, bitcast=True)
    for _ in tl.static_range(2):
        rest = 1.0 - size * inverse * inverse * inverse
        inverse *= 1.0 + rest * (0.3333333333333333 + rest * (0.2222222222222222 + rest * 0.1728395061728395))
    result = tl.where(size == float("inf"), size, size * inverse * inverse)
    return tl.where((x < 0.0) & (size < float("inf")), float("nan"), result).to(tl.float32)


@triton.jit
def modulo(x, y):
    """The remainder with the sign of the divisor, as in Python and NumPy; `%` gives it that of the dividend."""
    divisor = as_tensor(y)
    remainder = as_tensor(x) % divisor
    return tl.where((remainder != 0.0) & ((remainder < 0.0) != (divisor < 0.0)), remainder + divisor, remainder)


@triton.jit
def largest(x):
    """The largest number of a block; NaN wins, which `tl.max` ignores."""
    nans = tl.sum(tl.where(x == x, 0, 1))
    return tl.where(nans > 0, float("nan"), tl.max(x))


@triton.jit
def largest_along(x, axis: tl.constexpr):
    """The largest number of each line of a tile, of numbers that are 0 or above; NaN wins."""
    nans = tl.sum(tl.where(x == x, 0, 1), axis, keep_dims=True)
    return tl.where(nans > 0, float("nan"), tl.max(tl.where(x == x, x, 0.0), axis, keep_dims=True))


@triton.jit
def sum_partials(partials_ptr, count, WIDTH: tl.constexpr):
    """The sum of `count` float32 numbers in float64, always in the same order."""
    total = tl.zeros((WIDTH,), tl.float64)
    for start in range(0, count, WIDTH):
        offs = start + tl.arange(0, WIDTH)
        total += tl.load(partials_ptr + offs, offs < count, other=0.0).to(tl.float64)
    return tl.sum(total)


@triton.jit
def max_partials(partials_ptr, count, WIDTH: tl.constexpr):
    """The largest of `count` float32 numbers that are 0 or above; NaN wins."""
    found = tl.zeros((WIDTH,), tl.float32)
    for start in range(0, count, WIDTH):
        offs = start + tl.arange(0, WIDTH)
        found = maximum(found, tl.load(partials_ptr + offs, offs < count, other=0.0).to(tl.float32))
    return largest(found).to(tl.float64)


@triton.jit(do_not_specialize=["tensors", "stride", "of_all", "row"])
def total_kernel(
    table_ptr,
    partials_ptr,
    totals_ptr,
    tensors,
    stride,
    of_all,
    row,
    MAX: tl.constexpr,
    BLOCK: tl.constexpr,
    WIDTH: tl.constexpr,
):
    """What the blocks of each tensor have been reduced to, a program each: one row of what there is of all tensors."""
    tensor = tl.program_id(0)
    partials_ptr += row.to(tl.int64) * stride + tl.load(table_ptr + tensors + tensor)
    count = tl.cdiv(tl.load(table_ptr + tensor), BLOCK)
    total = max_partials(partials_ptr, count, WIDTH) if MAX else sum_partials(partials_ptr, count, WIDTH)
    tl.store(totals_ptr + row * of_all + tensor, total)


@triton.jit
def sum_lines(partials_ptr, count, total, offs, mask, LANES: tl.constexpr):
    """Sums of `count` float32 numbers for each of some lines, in float64 and always in the same order."""
    lane = tl.arange(0, LANES)[:, None]
    sums = tl.zeros((LANES, offs.shape[0]), tl.float64)
    for start in range(0, count, LANES):
        place = (start + lane).to(tl.int64) * total + offs[None, :]
        sums += tl.load(partials_ptr + place, (start + lane < count) & mask[None, :], other=0.0).to(tl.float64)
    return tl.sum(sums, 0).to(tl.float32)


@triton.jit
def max_lines(partials_ptr, count, total, offs, mask, LANES: tl.constexpr):
    """The largest of `count` float32 numbers that are 0 or above, for each of some lines; NaN wins."""
    lane = tl.arange(0, LANES)[:, None]
    found = tl.zeros((LANES, offs.shape[0]), tl.float32)
    for start in range(0, count, LANES):
        place = (start + lane).to(tl.int64) * total + offs[None, :]
        found = maximum(found, tl.load(partials_ptr + place, (start + lane < count) & mask[None, :], other=0.0))
    nans = tl.sum(tl.where(found == found, 0, 1), 0)
    return tl.where(nans > 0, float("nan"), tl.max(tl.where(found == found, found, 0.0), 0))


@triton.jit
def uniform(seed, step, tensor, offs, DRAW: tl.constexpr):
    """Random numbers from 0 to 1, without 1, of one element each."""
    return _share(_random_bits(seed, step, tensor, offs, DRAW)[0])


@triton.jit
def normal(seed, step, tensor, offs, DRAW: tl.constexpr):
    """Random numbers of the standard normal distribution, by Box and Muller."""
    first, second = _random_bits(seed, step, tensor, offs, DRAW)
    radius = tl.sqrt(-2.0 * tl.log(1.0 - _share(first)))
    return radius * _cosine_of_turns(_share(second))


@triton.jit
def _cosine_of_turns(turns):
    """The cosine of 2 pi times a number from 0 to 1: to the nearest quarter, then Taylor's series to float32's end.

    CUDA's own keeps a stack, for angles so large that reducing them takes more than float32.
    """
    quarter = tl.floor(4.0 * turns + 0.5)
    angle = 1.5707963267948966 * (4.0 * turns - quarter)
    square = angle * angle
    sine = 1.0 + square * (-1 / 6 + square * (1 / 120 + square * (-1 / 5040 + square * (1 / 362880))))
    cosine = 1.0 + square * (-1 / 2 + square * (1 / 24 + square * (-1 / 720 + square * (1 / 40320))))
    sideways = (quarter == 1.0) | (quarter == 3.0)
    size = tl.where(sideways, angle * sine, cosine)
    return tl.where((quarter == 1.0) | (quarter == 2.0), -size, size)


@triton.jit
def _share(bits):
    """24 bits as a number from 0 to 1, which float32 holds exactly."""
    return (bits >> 8).to(tl.int32).to(tl.float32) * 5.960464477539063e-08


@triton.jit
def _random_bits(seed, step, tensor, offs, DRAW: tl.constexpr):
    """Twice 32 random bits of each element: Philox with the seed as key."""
    element = offs.to(tl.int64)
    low = (element & 0xFFFFFFFF).to(tl.uint32)
    high = ((element >> 32) + DRAW * 65536).to(tl.uint32)
    when = low * 0 + (as_tensor(step).to(tl.int64) & 0xFFFFFFFF).to(tl.uint32)
    which = low * 0 + as_tensor(tensor).to(tl.uint32)
    first, second, _, _ = tl.philox(seed, low, high, when, which)
    return first, second
