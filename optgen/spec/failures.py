"""What an exception in an author's file means, as one message at the author's line."""

from __future__ import annotations

import ast
import inspect
import keyword
import re
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from types import FunctionType

import sympy
from sympy.core.relational import Relational

from optgen.problems import Location, Problem

from . import functions, symbols
from .places import located, node_place
from .series import MistakeError

_ELSEWHERE = {"gte": "ge", "lte": "le", "min": "ge", "max": "le", "initial": "init", "name": "class_name"}
"""What other libraries call the arguments of our declarations."""


def problem_from(error: BaseException, file: str, names: Iterable[str], tree: ast.Module | None = None) -> Problem:
    """One message for an exception that left an author's file.

    Args:
        error: The exception.
        file: Path of the file, as messages show it.
        names: What the author may have meant by a name that is not there.
        tree: Syntax tree of the file, where the file as a whole was running.
    """
    place = _place(error, file)
    match error:
        case MistakeError():
            return Problem(place, str(error))
        case UnboundLocalError():
            name = _quoted(error)
            return Problem(place.at(name), f"{name} is used before it has a value")
        case NameError():
            name = error.name or _quoted(error)
            return Problem(place.at(name), f"{name} is not defined", _meant(name, names, place, tree))
        case ImportError():
            return _import_problem(error, file, place, tree)
        case SyntaxError():
            return _syntax_problem(error, file)
        case RecursionError():
            return Problem(place, "this never comes to an end", "does a function call itself?")
        case SystemExit():
            return Problem(place, "the file ends the program", "a spec file declares; take the exit out")
    text = (str(error).splitlines() or [""])[0]
    if "truth value" in text:
        fix = "use where(condition, a, b)"
        return Problem(place, "a symbol has no truth value while equations are recorded", fix)
    if isinstance(error, sympy.SympifyError) or "is_commutative" in text:
        return Problem(place, "a part of this line is no expression")
    if isinstance(error, TypeError):  # says what is wrong by itself, in the names of our classes
        text = text.partition(". Did you mean")[0]  # newer Pythons, of which ours says more
        return Problem(place, re.sub(r"'(\w+)'", _in_words, text).replace("() ", "(...) ", 1), _signature(text))
    return Problem(place, f"{type(error).__name__}: {text}")


def _signature(text: str) -> str:
    """What a function of the language takes, where a call of it did not fit."""
    import optgen.spec

    name, wrong = text.partition("()")[0], re.search(r"unexpected keyword argument '(\w+)'", text)
    function = getattr(optgen.spec, name, None) if name in optgen.spec.__all__ else None
    if not isinstance(function, FunctionType):
        return ""
    given = [p for p in inspect.signature(function).parameters.values() if p.kind is not p.POSITIONAL_ONLY]
    names = [p.name for p in given]
    meant = [_ELSEWHERE[wrong[1]]] if wrong and _ELSEWHERE.get(wrong[1]) in names else []
    meant += get_close_matches(wrong[1], names, n=1) if wrong else []
    if meant:
        return f"did you mean {meant[0]}=?"
    return f"{name} takes {', '.join(f'{p.name}=' if p.kind is p.KEYWORD_ONLY else p.name for p in given) or 'nothing'}"


def _in_words(quoted: re.Match[str]) -> str:
    """What a class is to the author of a spec."""
    name = quoted[1]
    found = next((getattr(m, name) for m in (symbols, functions, sympy) if hasattr(m, name)), None)
    if not isinstance(found, type):
        return quoted[0]
    if issubclass(found, Relational | sympy.logic.boolalg.BooleanFunction | symbols.FlagSymbol):
        return "a condition"
    return "an expression" if issubclass(found, sympy.Expr) else quoted[0]


def _place(error: BaseException, file: str) -> Location:
    """The innermost line of the author's that was running."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename == file]
    if not frames:
        return Location(file)
    last = frames[-1]
    return located(file, last.lineno or 1, last.colno, last.end_colno, last.end_lineno)


def _quoted(error: BaseException) -> str:
    found = re.search(r"'(\w+)'", str(error))
    return found[1] if found else ""


def _meant(name: str, names: Iterable[str], place: Location, tree: ast.Module | None) -> str:
    """The likely fix for a name that is not defined."""
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.FunctionDef) and node.lineno <= place.line <= node.body[0].lineno:
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            if name in (a.arg for a in arguments):
                return f'a declaration refers to another one by its name in quotes: "{name}"'
    close = get_close_matches(name, [n for n in names if not n.startswith("_")], n=1, cutoff=0.7)
    if close:
        return f"did you mean {close[0]}?"
    return "import it from optgen.spec" if tree else "declare it as a parameter"


def _import_problem(error: ImportError, file: str, place: Location, tree: ast.Module | None) -> Problem:
    found = re.match(r"cannot import name '(\w+)' from '([\w.]+)'", str(error))
    if "relative import" in str(error):
        fix = "import a module by its full name"
        return Problem(place, "a spec file stands alone, and has no package to import from", fix)
    if not found:
        return Problem(place, str(error).splitlines()[0])
    name, module = found.groups()
    aliases = (n for n in ast.walk(tree) if isinstance(n, ast.alias)) if tree else ()
    place = next((node_place(a, file) for a in aliases if a.name == name), place)
    import optgen.spec

    close = get_close_matches(name, optgen.spec.__all__, n=1) if module == optgen.spec.__name__ else []
    fix = f"did you mean {close[0]}?" if close else f"it has {', '.join(optgen.spec.__all__)}"
    return Problem(place, f"{module} has no {name}", fix if module == optgen.spec.__name__ else "")


def _syntax_problem(error: SyntaxError, file: str) -> Problem:
    column = max((error.offset or 1) - 1, 0)
    end = (error.end_offset or 0) - 1 if error.end_lineno == error.lineno else -1
    place = Location(file, error.lineno or 1, column, end if end > column else column + 1)
    words = re.findall(r"\w+", place.source[column : column + 20])
    message, fix = error.msg.partition(". ")[0], ""
    if message.startswith("cannot assign to expression"):
        fix = "on the left of = stands one series, such as m[t]"
    elif "default argument" in message:
        fix = "symbols with a default, such as hyper(...) or state(...), stand behind those without"
    elif message == "invalid syntax" and re.search(r"[\w\])] +$", place.source[:column]) and words:
        fix = "is an operator missing, such as *?"
    elif words and keyword.iskeyword(words[0]) and message == "invalid syntax":
        fix = f"{words[0]} is a word of Python itself: choose another name"
    return Problem(place, f"does not parse: {message}", fix)


def unreadable(error: Exception, file: str, path: Path) -> Problem:
    """One message for a file whose text cannot be read."""
    match error:
        case FileNotFoundError():
            return Problem(Location(file), "there is no such file")
        case IsADirectoryError():
            return Problem(Location(file), "is a folder, not a file")
        case UnicodeDecodeError():
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            return Problem(Location(file, line), "is not text in UTF-8", "save the file as UTF-8")
        case SyntaxError() if "encoding" in str(error.msg) and "unknown" not in str(error.msg):
            return Problem(Location(file), "is not text in UTF-8", "save the file as UTF-8")
        case SyntaxError():
            return Problem(Location(file, 1), str(error.msg))
    return Problem(Location(file), f"cannot be read: {getattr(error, 'strerror', None) or error}")
