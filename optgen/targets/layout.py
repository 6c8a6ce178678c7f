"""Layout of generated Python: lines that fit, broken where a reader would break them."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

LINE_LENGTH = 110
INDENT = "    "


def call(before: str, arguments: Sequence[str], after: str, indent: int = 0) -> str:
    """A call or signature: on one line where it fits, else its arguments in filled lines.

    Args:
        before: Text up to and with the opening bracket.
        arguments: What stands between the brackets.
        after: Text from the closing bracket on.
        indent: Spaces that the template writes before each line.
    """
    line = f"{before}{', '.join(arguments)}{after}"
    if indent + len(line) <= LINE_LENGTH:
        return line
    filled = _filled(arguments, LINE_LENGTH - indent - len(INDENT))
    return "\n".join([before, *(INDENT + line for line in filled), after])


def signature(before: str, parameters: Sequence[str], after: str) -> str:
    """A public signature: on one line where it fits, else one parameter a line."""
    line = f"{before}{', '.join(parameters)}{after}"
    if len(line) <= LINE_LENGTH:
        return line
    return f"{before}\n" + "".join(f"    {p},\n" for p in parameters) + after


def optional(value: str, condition: str, otherwise: str = "None") -> str:
    """A value that is there under a condition only; an empty condition is none."""
    return f"{value} if {condition} else {otherwise}" if condition else value


def guarded(lines: Iterable[tuple[str, str]], keyword: str = "if", indent: int = 4) -> list[str]:
    """Statements under conditions, neighbours of one condition gathered in one block.

    Args:
        lines: (condition, statement) pairs; an empty condition is none. A statement of several lines stays so.
        keyword: What opens a block.
        indent: Spaces that the template writes before each line.

    Returns:
        Single lines, each at most as long as a line may be where the statement can be broken.
    """
    text: list[str] = []
    open_condition = ""
    for condition, statement in lines:
        if condition and condition != open_condition:
            text.append(f"{keyword} {condition}:")
        open_condition = condition
        margin = INDENT if condition else ""
        broken = statement.split("\n")
        if len(broken) == 1:
            broken = layout(statement, LINE_LENGTH - indent - len(margin))
        text += [margin + line for line in broken]
    return text


def layout(statement: str, width: int) -> list[str]:
    """A one-line assignment, return or expression, broken into lines of a width.

    Brackets are added where Python needs them. A name or call that is wider than a line stays so.
    """
    if len(statement) <= width:
        return [statement]
    node = ast.parse(statement).body[0]
    value = getattr(node, "value", None)
    if not isinstance(value, ast.expr):
        return [statement]
    start = value.col_offset
    if isinstance(node, ast.Assign):
        equals = statement.index("=", node.targets[-1].end_col_offset)
        start = len(statement) - len(statement[equals + 1 :].lstrip())
    head, rest = statement[:start], statement[start:]
    if isinstance(value, ast.Call | ast.ListComp):
        first, *others = _pieces(rest, width)
        return [head + first, *others]
    return [f"{head}(", *(INDENT + line for line in _fitted(rest, width - len(INDENT))), ")"]


def _fitted(text: str, width: int) -> list[str]:
    return [text] if len(text) <= width else _pieces(text, width)


def _pieces(text: str, width: int) -> list[str]:
    """An expression that is too wide, broken at its loosest operators; it stands inside brackets."""
    node = ast.parse(text, mode="eval").body
    inside = width - len(INDENT)
    if node.col_offset > 0 and text.startswith("(") and text.endswith(")"):
        return ["(", *(INDENT + line for line in _fitted(text[1:-1], inside)), ")"]
    if isinstance(node, ast.ListComp):
        (middle,) = _breaks(text, node)
        lines = [*_fitted(text[1:middle].strip(), inside), *_loop(text[middle:-1], inside)]
        return ["[", *(INDENT + line for line in lines), "]"]
    if isinstance(node, ast.Call) and (node.args or node.keywords):
        opening = text.index("(", node.func.end_col_offset)
        arguments = [ast.get_source_segment(text, a) or "" for a in (*node.args, *(k.value for k in node.keywords))]
        arguments[len(node.args) :] = [
            f"{k.arg}={a}" for k, a in zip(node.keywords, arguments[len(node.args) :], strict=True)
        ]
        return [text[: opening + 1], *(INDENT + line for line in _arguments(arguments, inside)), ")"]
    if isinstance(node, ast.UnaryOp):
        sign = "not " if isinstance(node.op, ast.Not) else text[0]
        first, *others = _pieces(text.removeprefix(sign), width - len(sign))
        return [sign + first, *others]
    breaks = list(_breaks(text, node))
    parts = [text[a:b].strip() for a, b in zip([0, *breaks], [*breaks, len(text)], strict=True)]
    if len(parts) == 1:
        return parts
    return [line for part in parts for line in _operand(part, width)]


def _loop(text: str, width: int) -> list[str]:
    """`for x, y in zip(x, y)`, broken in what it goes over."""
    if len(text) <= width:
        return [text]
    targets, over = text.split(" in ", 1)
    called, _, arguments = over.partition("(")
    if arguments.endswith(")") and len(INDENT) + len(arguments) <= width:
        return [f"{targets} in {called}(", INDENT + arguments[:-1], ")"]
    first, *others = _pieces(over, width)
    return [f"{targets} in {first}", *others]


def _operand(part: str, width: int) -> list[str]:
    """One line of a broken expression, which may begin with the operator that it was broken at."""
    if len(part) <= width:
        return [part]
    operator = next((o for o in _OPERATORS if part.startswith(f"{o} ")), "")
    if not operator:
        return _pieces(part, width)
    first, *others = _pieces(part.removeprefix(operator).lstrip(), width - len(operator) - 1)
    hanging = "" if first.endswith(("(", "[")) else INDENT
    return [f"{operator} {first}", *(hanging + line for line in others)]


_COMPARISONS = ("<=", ">=", "==", "!=", "<", ">")
_SIGNS: dict[type[ast.operator], str] = {
    ast.BitOr: "|",
    ast.BitAnd: "&",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_TIERS = ((ast.BitOr,), (ast.BitAnd,), (ast.Add, ast.Sub), (ast.Mult, ast.Div))
_OPERATORS = ("for", "if", "else", "or", "and", *_COMPARISONS, *_SIGNS.values())


def _breaks(text: str, node: ast.expr) -> Iterator[int]:
    """Where the operators of an expression's loosest tier begin, in order."""
    match node:
        case ast.IfExp(test, body, orelse):
            yield _between(text, body, test, "if")
            yield _between(text, test, orelse, "else")
        case ast.BoolOp(op, values):
            word = "or" if isinstance(op, ast.Or) else "and"
            for left, right in pairwise(values):
                yield _between(text, left, right, word)
        case ast.Compare(left, _, [right]):
            yield next(_between(text, left, right, o) for o in _COMPARISONS if o in _gap(text, left, right))
        case ast.BinOp(left, op, right):
            tier = next((tier for tier in _TIERS if isinstance(op, tier)), None)
            if tier is None:
                return
            if isinstance(left, ast.BinOp) and isinstance(left.op, tier) and left.col_offset == node.col_offset:
                yield from _breaks(text, left)
            yield _between(text, left, right, _SIGNS[type(op)])
        case ast.Tuple(elements):
            for left, right in pairwise(elements):
                yield _between(text, left, right, ",") + 1
        case ast.ListComp(element, [ast.comprehension(target)]):
            yield _between(text, element, target, "for")


def _gap(text: str, left: ast.expr, right: ast.expr) -> str:
    return text[left.end_col_offset or 0 : right.col_offset]


def _between(text: str, left: ast.expr, right: ast.expr, operator: str) -> int:
    return text.index(operator, left.end_col_offset or 0, right.col_offset)


def _arguments(arguments: Sequence[str], width: int) -> list[str]:
    """Arguments on one line where they fit, else one a line."""
    line = ", ".join(arguments)
    if len(line) <= width:
        return [line]
    lines: list[str] = []
    for argument in arguments:
        *others, last = _fitted(argument, width - 1)
        lines += [*others, f"{last},"]
    return lines


def _filled(arguments: Sequence[str], width: int) -> list[str]:
    text = ", ".join(a.replace(" ", "\0") for a in arguments)  # an argument stays in one piece
    lines = textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in lines]
