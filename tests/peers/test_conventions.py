"""docs/conventions.md says what the tests of peers run, and leaves no peer out."""

from __future__ import annotations

import importlib
import re
from importlib.metadata import version
from pathlib import Path

import pytest
from conventions import DATA, DIFFERENT, FILE, PEERS, data, page
from generated_code import SHIPPED_NAMES
from optional import need

PINNED = (Path(__file__).resolve().parents[2] / "constraints.txt").read_text()


def test_the_page_is_up_to_date() -> None:
    """Its defaults are those of the libraries that constraints.txt names."""
    need("optax")
    need("keras")
    for library in ("torch", "optax", "keras"):
        if not re.search(rf"^{library}=={re.escape(version(library).partition('+')[0])}$", PINNED, re.MULTILINE):
            pytest.skip(f"the page is about another {library} than the one installed")
    assert FILE.read_text() == page(), "run: python tests/peers/conventions.py"
    assert DATA.read_text() == data(), "run: python tests/peers/conventions.py"


@pytest.mark.parametrize("place", ["torch.optim", "optax", "optax.contrib", "keras.optimizers"])
def test_what_has_the_name_of_a_spec_is_compared(place: str) -> None:
    library = place.partition(".")[0]
    need(library)
    theirs = {name.lower() for name in dir(importlib.import_module(place))} & set(SHIPPED_NAMES)
    compared = {peer.ours for peer in PEERS if peer.library == library}
    assert theirs <= compared | {ours for ours, lib, _ in DIFFERENT if lib == library}
