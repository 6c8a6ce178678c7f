"""Memory as compiled code sees it: addresses, what lies there, and sums that may be taken in any order.

Numba's arrays would do, but for two things: they have no bfloat16, and an index that may be negative keeps a loop from
being vectorized.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

BFLOAT16 = types.uint16
"""What stands for bfloat16, which Numba does not know: its bits."""

_INT16, _INT32, _INT64 = ir.IntType(16), ir.IntType(32), ir.IntType(64)
_STORED = {
    types.float64: ir.DoubleType(),
    types.float32: ir.FloatType(),
    types.float16: ir.HalfType(),
    BFLOAT16: _INT16,
    types.int64: _INT64,
}


@intrinsic
def load(typing: Any, address: Any, index: Any, stored: Any, real: Any) -> Any:
    """The number at a place of memory.

    Args:
        address: Of the first number.
        index: Of the number.
        stored: Type of what lies there: `float64`, `float32`, `float16`, or `BFLOAT16`.
        real: Type of the result: `float32` or `float64`.
    """

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        found = builder.load(_place(builder, args[0], args[1], stored))
        wanted = _STORED[real.dtype]
        if stored.dtype is BFLOAT16:
            bits = builder.shl(builder.zext(found, _INT32), _INT32(16))
            found = builder.bitcast(bits, ir.FloatType())
        return found if found.type == wanted else builder.fpext(found, wanted)

    return real.dtype(types.int64, types.int64, stored, real), generate


@intrinsic
def store(typing: Any, address: Any, index: Any, value: Any, stored: Any) -> Any:
    """Put a number to a place of memory, rounded to nearest even; arguments as for `load`."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number, kind = args[2], _STORED[stored.dtype]
        if stored.dtype is BFLOAT16:
            if number.type != ir.FloatType():
                number = builder.fptrunc(number, ir.FloatType())
            number = _bfloat16(builder, number)
        elif number.type != kind:
            number = builder.fptrunc(number, kind)
        builder.store(number, _place(builder, args[0], args[1], stored))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, value, stored), generate


@intrinsic
def plus(typing: Any, total: Any, value: Any) -> Any:
    """`total + value` in float64, of a sum that may be added up in any order, as vectors do."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.fadd(args[0], _double(builder, args[1]), flags=("reassoc",))

    return types.float64(types.float64, value), generate


@intrinsic
def larger(typing: Any, bits: Any, value: Any) -> Any:
    """The bits of the larger one of two numbers that are 0 or above; NaN is above all, as its bits are."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        other = builder.bitcast(_double(builder, args[1]), _INT64)
        return builder.select(builder.icmp_signed(">", args[0], other), args[0], other)

    return types.int64(types.int64, value), generate


@intrinsic
def to_number(typing: Any, bits: Any) -> Any:
    """The float64 number that has these bits."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic
def bits_of(typing: Any, value: Any) -> Any:
    """The bits of a float64 number."""

    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.bitcast(args[0], _INT64)

    return types.int64(types.float64), generate


def _place(builder: Any, address: Any, index: Any, stored: Any) -> Any:
    return builder.gep(builder.inttoptr(address, _STORED[stored.dtype].as_pointer()), [index])


def _double(builder: Any, value: Any) -> Any:
    return value if value.type == ir.DoubleType() else builder.fpext(value, ir.DoubleType())


def _bfloat16(builder: Any, number: Any) -> Any:
    """The bits of the nearest bfloat16; NaN stays NaN, whatever its lower bits are."""
    bits = builder.bitcast(number, _INT32)
    odd = builder.and_(builder.lshr(bits, _INT32(16)), _INT32(1))
    nearest = builder.lshr(builder.add(builder.add(bits, _INT32(0x7FFF)), odd), _INT32(16))
    is_number = builder.fcmp_ordered("ord", number, number)
    return builder.trunc(builder.select(is_number, nearest, _INT32(0x7FC0)), _INT16)
