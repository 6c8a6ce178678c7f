"""What the README shows is what is there; `python tests/test_readme.py` writes its tables."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import optgen.spec
import optgen.specs
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.ir.nodes import Role
from optgen.ir.rates import Rate
from optgen.spec.model import Series, Spec, SpecKind

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDER = Path(optgen.specs.__path__[0])


def _optimizers() -> list[str]:
    """A row for each shipped optimizer."""
    rows = []
    for spec in load_checked(FOLDER):
        if spec.kind is not SpecKind.OPTIMIZER:
            continue
        unit = unit_of(spec, FOLDER)
        flags = {f.name: f.default for f in spec.flags}
        rates = {i.series: i.rate for i in unit.program.input_of(Role.STATE)}
        states = ", ".join(_state(s, rates[s.name]) for s in spec.states) or "none"
        moved, least = unit.schedule.bytes_moved(flags), unit.schedule.bytes_least(flags)
        rows.append(f"| [{spec.title}]({_path(spec)}) | {states} | {moved} | {least} | {spec.paper} |")
    return rows


def _state(state: Series, rate: Rate) -> str:
    """The name of a state, and what is to be known of it."""
    kept = {Rate.ROW: " a row", Rate.COL: " a column"}.get(rate, "")
    return state.name + kept + (f" if {state.only_if}" if state.only_if else "")


def _tables() -> list[list[str]]:
    """The tables of the catalogue, line by line."""
    optimizers = ["| optimizer | state | bytes moved | least | source |", "|---|---|---:|---:|---|", *_optimizers()]
    schedules = ["| schedule | what it is |", "|---|---|", *_schedules()]
    return [optimizers, schedules]


def _schedules() -> list[str]:
    """A row for each shipped schedule."""
    specs = [spec for spec in load_checked(FOLDER) if spec.kind is SpecKind.SCHEDULE]
    return [f"| [{spec.title}]({_path(spec)}) | {spec.doc.splitlines()[0]} |" for spec in specs]


def _path(spec: Spec) -> str:
    return Path(spec.location.file).resolve().relative_to(ROOT).as_posix()


def test_excerpts_are_verbatim() -> None:
    excerpts = re.findall(r"<!-- excerpt: (\S+) -->\n```\w+\n(.*?)\n```\n", README, re.DOTALL)
    assert len(excerpts) == 6
    for path, text in excerpts:
        assert text in (ROOT / path).read_text(encoding="utf-8"), path


def test_the_catalogue_is_complete() -> None:
    for table in map("\n".join, _tables()):
        assert table in README, f"run: python tests/test_readme.py; the README's catalogue should be:\n{table}"


def test_the_line_on_top_is_true() -> None:
    found = runpy.run_path(str(ROOT / "docs" / "badges.py"))
    assert found["FILE"].read_text(encoding="utf-8") == found["svg"](), "run: python docs/badges.py"


def test_every_transform_is_named() -> None:
    for file in (FOLDER / "transforms").glob("*.py"):
        assert f"(specs/transforms/{file.name})" in README


def test_the_example_of_a_user_builds(tmp_path: Path) -> None:
    text = re.search(r"Put this into `mine/calm.py`:\n\n```python\n(.*?)```", README, re.DOTALL)
    assert text is not None
    (tmp_path / "calm.py").write_text(text[1], encoding="utf-8")
    (spec,) = load_checked(tmp_path)
    assert spec.name == "calm"
    assert unit_of(spec, tmp_path).schedule.bytes_moved({}) == 20


def test_the_composition_builds(tmp_path: Path) -> None:
    text = re.search(r"<!-- composition -->\n```python\n(.*?)```", README, re.DOTALL)
    assert text is not None
    (tmp_path / "composed.py").write_text(text[1], encoding="utf-8")
    (spec,) = load_checked(tmp_path)
    assert spec.name == "slow_start"
    assert unit_of(spec, tmp_path).schedule.bytes_moved({f.name: f.default for f in spec.flags}) == 36


def test_the_message_shown_is_the_message_given(tmp_path: Path) -> None:
    import pytest

    from optgen.problems import SpecError

    shown = re.search(r"```text\nmine/calm.py:(\d+): (.*?)```", README, re.DOTALL)
    example = re.search(r"Put this into `mine/calm.py`:\n\n```python\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    assert example is not None
    broken = example[1].replace("theta[t-1] - lr * m[t]", "theta[t] - lr * m[t]")
    (tmp_path / "calm.py").write_text(broken, encoding="utf-8")
    with pytest.raises(SpecError) as caught:
        load_checked(tmp_path)
    assert str(caught.value).partition("calm.py:")[2] == f"{shown[1]}: {shown[2]}".rstrip("\n")


def test_the_language_is_described_whole() -> None:
    words = set(re.findall(r"\w+", (ROOT / "docs" / "language.md").read_text(encoding="utf-8")))
    assert set(optgen.spec.__all__) <= words


def _written(text: str) -> str:
    """The README with the tables as they should be."""
    for table in _tables():
        text = re.sub(rf"^{re.escape(table[0])}\n(\|.*\n)+", "\n".join([*table, ""]), text, flags=re.MULTILINE)
    return text


if __name__ == "__main__":
    (ROOT / "README.md").write_text(_written(README), encoding="utf-8")
