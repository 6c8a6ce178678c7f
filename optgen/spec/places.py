"""Places in source files, from what the compiler and the syntax tree say of them."""

from __future__ import annotations

import ast
import linecache
from collections.abc import Callable
from itertools import islice
from types import FrameType

from optgen.problems import Location


def located(file: str, line: int, start: int | None, end: int | None, end_line: int | None = None) -> Location:
    """A location from byte offsets, which is how Python counts columns.

    Args:
        file: Path as messages show it.
        line: Line, counted from 1.
        start: Offset of the first byte, or None where only the line is known.
        end: Offset behind the last byte, or None.
        end_line: Line that `end` counts in; the caret ends with the first line where it is another.
    """
    if start is None:
        return Location(file, line)
    text = linecache.getline(file, line).rstrip().encode()
    last = end if end is not None and end_line in (None, line) else len(text)
    return Location(file, line, *(len(text[:n].decode(errors="ignore")) for n in (start, last)))


def node_place(node: ast.expr | ast.stmt | ast.arg | ast.alias, file: str) -> Location:
    """Where a node of a syntax tree stands; a parameter without its annotation."""
    end = node.end_col_offset
    if isinstance(node, ast.arg):
        end = node.col_offset + len(node.arg.encode())
    return located(file, node.lineno, node.col_offset, end, node.end_lineno)


def frame_place(frame: FrameType) -> Location:
    """The place in the source that `frame` is executing."""
    code = frame.f_code
    line, end_line, start, end = next(islice(code.co_positions(), frame.f_lasti // 2, None))
    return located(code.co_filename, line or frame.f_lineno, start, end, end_line)


def function_file(function: Callable[..., object]) -> str:
    """The file of a function, as the compiler knows it."""
    return function.__code__.co_filename


def function_tree(function: Callable[..., object]) -> ast.FunctionDef:
    """The syntax tree of a function that stands at the top level of its file.

    Raises:
        LookupError: Its file does not show it.
    """
    text = "".join(linecache.getlines(function_file(function)))
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef) and node.name == function.__name__:
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == function.__code__.co_firstlineno:
                return node
    raise LookupError(f"{function.__name__} is no function of {function_file(function)}")
