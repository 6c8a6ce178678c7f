"""Parameters that processes share are checked, copied, scaled and joined by others as plain ones are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from beside import CLASSES
from cases import BY_KERNELS, FEW, NOISY, REFUSED, WAYS
from contract_ranks import one_group, scaled, spoiled, with_more_parameters
from ranks import Found, alone, whole_here
from test_sharded import alike

Results = Callable[..., list[Found]]


@pytest.mark.parametrize("name", REFUSED)
def test_what_looks_at_rows_and_columns_is_refused_for_shards(in_two: Results, name: str) -> None:
    text = rf"is sharded \(\(Shard\(dim=0\),\)\), and {name} looks at its rows and columns: keep the parameter whole"
    for found in in_two("refused", name):
        assert re.match(f"NotImplementedError: parameter 'layer0' {text}", found["made"])
        assert re.match(f"NotImplementedError: parameter 0 of group 1 {text}", found["added"])
        assert found["groups"] == 1


@pytest.mark.parametrize("name", REFUSED)
def test_it_takes_dtensors_that_are_whole_in_each_process(in_two: Results, name: str) -> None:
    alike(in_two("whole", name), alone(name), exactly=True)


@pytest.mark.parametrize("name", NOISY)
def test_random_numbers_are_for_shards_of_rows(in_two: Results, name: str) -> None:
    for found in in_two("refused columns", name):
        text = "NoisySGD draws random numbers only for contiguous parameters that are Shard(0)"
        assert text in found["made"]
        assert text in found["added"]


def test_what_lies_otherwise_than_its_parameter_is_named_and_nothing_changes(in_two: Results) -> None:
    last, mixed = "parameter 'layer4'", "is a plain tensor, and the parameter a DTensor: make it one with"
    wanted = {
        "gradient on another mesh": f"ValueError: the gradient of {last} is on DeviceMesh.*, and the parameter on",
        "plain state": f"TypeError: the state 'exp_avg' of {last} {mixed}",
        "state of a plain parameter": "TypeError: the state 'exp_avg' of parameter 0 is a DTensor, and the parameter a",
        "plain state that is loaded": f"TypeError: the state 'exp_avg_sq' of {last} {mixed}",
        "partial": r"ValueError: parameter 'weight' has placements \(Partial\(sum\),\), parts that are still to be",
    }
    for found in in_two("mistakes"):
        assert found["step"] == 2
        for what, text in wanted.items():
            assert re.match(text, found[what]), found[what]


@pytest.mark.parametrize("name", ["AdamW", "LAMB"])
def test_gradients_in_other_placements_are_brought_to_their_parameters(in_two: Results, name: str) -> None:
    alike(in_two("elsewhere", name), alone(name), exactly=name == "AdamW")


@pytest.mark.parametrize("name", ["AdamW", "Prodigy"])
def test_deep_copies_go_on(in_two: Results, name: str) -> None:
    alike(in_two("copied", name), alone(name), exactly=name == "AdamW")


@pytest.mark.parametrize("name", ["AdamW", "LAMB"])
def test_groups_may_come_later(in_two: Results, name: str) -> None:
    alike(in_two("more", name), with_more_parameters(name, whole_here), exactly=name == "AdamW")


@pytest.mark.parametrize("name", ["AdamW", "LAMB"])
def test_what_overflows_in_one_process_is_skipped_in_all(in_two: Results, name: str) -> None:
    alike(in_two("scaled", name), scaled(name, whole_here), exactly=name == "AdamW")


@pytest.mark.parametrize("name", ["NovoGrad", "StableAdamW"])
def test_nan_in_one_process_is_nan_in_all(in_two: Results, name: str) -> None:
    wanted = spoiled(name, whole_here)
    assert any(bool((value == 1e6).all()) for key, value in wanted.items() if key.endswith("parameter 0"))
    alike(in_two("spoiled", name), wanted, exactly=False)


def test_steps_look_at_what_has_moved_only(in_two: Results) -> None:
    for found in in_two("again"):
        assert found["rosters"] == 0
        assert "modified by an inplace operation" in found["backward"]


def test_states_lie_as_their_parameters_and_numbers_are_plain(in_two: Results) -> None:
    first, second = in_two("laid out")
    assert first == {**second, "empty here": [False] * 5}
    assert second.pop("empty here") == [False, False, False, True, False]
    assert set(second.values()) == {(True, True), (False, False)}
    assert not second["step"][0]
    kinds = {f.key: f.kind for f in CLASSES["NovoGrad"].fields.values()}
    assert all(second[key][0] is (kind == "elements") for key, kind in kinds.items())


@pytest.mark.parametrize("name", BY_KERNELS)
def test_kernels_update_shards(in_two: Results, name: str) -> None:
    alike(in_two("kernels", name), one_group(name, whole_here), exactly=False, rounding=5e-6)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", FEW)
def test_so_they_do_on_other_meshes(in_two: Results, name: str, way: str) -> None:
    alike(in_two("kernels", way, name), one_group(name, whole_here), exactly=False, rounding=5e-6)
