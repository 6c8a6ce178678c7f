"""Generated modules: missing, broken, raising; and never from a stale cache."""

from __future__ import annotations

import py_compile
from pathlib import Path
from types import ModuleType

import pytest

from optgen.verify import generated
from optgen.verify.generated import GeneratedCodeError, call, load


@pytest.fixture(autouse=True)
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the seconds that torch and Triton take, and without Triton in this process."""
    real = generated.importlib.import_module  # type: ignore[attr-defined]
    monkeypatch.setattr(
        generated.importlib,  # type: ignore[attr-defined]
        "import_module",
        lambda name: ModuleType(name) if name in ("torch", "triton") else real(name),
    )


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "made").mkdir()
    (tmp_path / "_runtime").mkdir()
    for file in ("__init__.py", "made/__init__.py", "_runtime/__init__.py"):
        (tmp_path / file).write_text("")
    (tmp_path / "_runtime" / "helper.py").write_text("def fail(x):\n    return 1 / x\n")
    (tmp_path / "made" / "reference.py").write_text(
        "from .._runtime.helper import fail\n\n\ndef step(x):\n    y = fail(x - 1)\n    return y\n"
    )
    (tmp_path / "made" / "kernel.py").write_text("BLOCK = 8\n")
    return tmp_path


def test_modules_are_found_wherever_they_are(out: Path) -> None:
    reference, kernel = load(out, "made", "reference", "kernel")
    assert reference.step(3) == 0.5
    assert kernel.BLOCK == 8


@pytest.mark.parametrize("module", ["reference", "kernel"])
def test_a_missing_module_says_what_to_run(out: Path, module: str) -> None:
    (out / "made" / f"{module}.py").unlink()
    with pytest.raises(GeneratedCodeError, match=rf"made/{module}.py is missing: run optgen build made"):
        load(out, "made", "reference", "kernel")
    with pytest.raises(GeneratedCodeError, match="run optgen build other"):
        load(out, "other", "reference", "kernel")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x = 1\ny = = 2\n", r"kernel.py:2: 'y = = 2' does not import: SyntaxError"),
        ("import nothing_of_this_name\n", r"kernel.py:1: 'import .*' does not import: ModuleNotFoundError"),
        ("x = undefined\n", r"kernel.py:1: 'x = undefined' does not import: NameError"),
        ("from .._runtime.missing import x\n", r"kernel.py:1: .* does not import: ModuleNotFoundError"),
    ],
)
def test_a_module_that_does_not_import_is_named_with_its_line(out: Path, text: str, message: str) -> None:
    (out / "made" / "kernel.py").write_text(text)
    with pytest.raises(GeneratedCodeError, match=message):
        load(out, "made", "reference", "kernel")


def test_an_exception_names_the_line_of_the_optimizer_and_the_place(out: Path) -> None:
    reference, _ = load(out, "made", "reference", "kernel")
    with pytest.raises(GeneratedCodeError) as caught:
        call(out, "t=4, middle: lr=0.1, 37 elements", reference.step, 1)
    text = str(caught.value)
    assert "reference.py:5: 'y = fail(x - 1)' raised ZeroDivisionError" in text
    assert text.endswith("in step() at t=4, middle: lr=0.1, 37 elements")


def test_a_wrong_call_names_the_folder(out: Path) -> None:
    reference, _ = load(out, "made", "reference", "kernel")
    with pytest.raises(GeneratedCodeError, match=r"raised TypeError: step\(\) missing 1"):
        call(out, "t=1", reference.step)


def test_the_cause_of_an_exception_is_what_is_told(out: Path) -> None:
    (out / "made" / "reference.py").write_text(
        "def inner():\n    raise KeyError('deep')\n\n\n"
        "def step():\n    try:\n        inner()\n    except KeyError as e:\n        raise TypeError from e\n"
    )
    reference, _ = load(out, "made", "reference", "kernel")
    with pytest.raises(GeneratedCodeError, match=r"reference.py:2: .* raised KeyError: 'deep'"):
        call(out, "t=1", reference.step)


def test_stale_byte_code_is_neither_used_nor_left(out: Path) -> None:
    path = out / "made" / "kernel.py"
    path.write_text("BLOCK = 1\n")
    py_compile.compile(str(path), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    path.write_text("BLOCK = 2\n")
    before = sorted(out.rglob("*.pyc"))
    assert before
    assert load(out, "made", "kernel")[0].BLOCK == 2
    assert sorted(out.rglob("*.pyc")) == before
