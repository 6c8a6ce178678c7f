"""Every setting lies inside the domains, keeps hyper-parameters apart, and reaches the ends that matter."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pytest

from optgen.problems import Location
from optgen.spec.load import load
from optgen.spec.model import Flag, HyperParameter, Spec
from optgen.verify.settings import edges, settings

PLACE = Location("spec.py", 1)
DOMAINS: dict[str, tuple[tuple[str, float], ...]] = {
    "any": (),
    "positive": (("gt", 0.0),),
    "not negative": (("ge", 0.0),),
    "average": (("ge", 0.0), ("lt", 1.0)),
    "closed": (("ge", 0.0), ("le", 1.0)),
    "open": (("gt", 0.0), ("lt", 1.0)),
    "above": (("ge", 4.0),),
    "below": (("le", -2.0),),
    "under": (("lt", 3.0),),
    "narrow": (("ge", 0.9), ("le", 0.91)),
}
DEFAULTS = {
    "any": (0.0, -1.0, 3.0),
    "positive": (1e-8, 1e-3, 50.0),
    "not negative": (0.0, 1e-16, 0.01),
    "average": (0.0, 0.9, 0.999),
    "closed": (0.0, 1.0, 0.5),
    "open": (0.5, 1e-6, 0.25),
    "above": (4.0, 5.0, 1000.0),
    "below": (-2.0, -7.0, -100.0),
    "under": (0.0, 2.99, -5.0),
    "narrow": (0.9, 0.905, 0.91),
}


def spec_of(hypers: list[tuple[float, str]], flags: int = 0) -> Spec:
    parameters = tuple(
        HyperParameter(f"h{n}", default, PLACE, "", DOMAINS[domain]) for n, (default, domain) in enumerate(hypers)
    )
    return Spec(
        "made",
        "Made",
        "Made",
        "",
        "",
        PLACE,
        hypers=parameters,
        flags=tuple(Flag(f"f{n}", False, PLACE) for n in range(flags)),
    )


def inside(hyper: HyperParameter, value: float) -> bool:
    for relation, bound in hyper.bounds:
        tests = {"ge": value >= bound, "gt": value > bound, "le": value <= bound, "lt": value < bound}
        if not tests[relation]:
            return False
    return True


MADE = [
    spec_of([(default, domain) for domain in domains for default in DEFAULTS[domain]])
    for domains in (*combinations(DOMAINS, 1), *combinations(DOMAINS, 2), tuple(DOMAINS))
]


@pytest.mark.parametrize("spec", [*MADE, *load(Path("specs"))[0]], ids=lambda s: f"{s.name}{len(s.hypers)}")
def test_settings_are_inside_the_domains_and_distinct(spec: Spec) -> None:
    for setting in (*settings(spec), *edges(spec)):
        for hyper in spec.hypers:
            assert inside(hyper, setting.hyper[hyper.name]), (setting.name, hyper, setting.hyper[hyper.name])
        if setting.name != "defaults" and "end" not in setting.name:
            values = list(setting.hyper.values())
            assert len(set(values)) == len(values)


def test_defaults_come_first_as_declared() -> None:
    first = settings(spec_of([(0.25, "any"), (0.25, "any")]))[0]
    assert (first.name, first.hyper) == ("defaults", {"h0": 0.25, "h1": 0.25})


def test_what_is_off_by_default_is_on_elsewhere() -> None:
    found = settings(spec_of([(0.0, "not negative")]))
    assert found[0].hyper["h0"] == 0
    assert all(s.hyper["h0"] > 1e-3 for s in found[1:])


def test_a_small_guard_becomes_large_somewhere() -> None:
    assert max(s.hyper["h0"] for s in settings(spec_of([(1e-16, "not negative")]))) > 0.1


def test_averages_reach_both_ends() -> None:
    values = [s.hyper["h0"] for s in settings(spec_of([(0.9, "average")]))]
    assert min(values) < 0.01
    assert max(values) > 0.99


def test_edges_are_the_ends_that_a_hyper_parameter_may_take_one_at_a_time() -> None:
    spec = spec_of([(0.5, "closed"), (0.9, "average"), (0.1, "positive")])
    found = edges(spec)
    assert [(s.name, s.hyper["h0"], s.hyper["h1"]) for s in found if s.hyper["h0"] in (0, 1)] == [
        ("h0 at its end", 0.0, found[0].hyper["h1"]),
        ("h0 at its end", 1.0, found[0].hyper["h1"]),
    ]
    assert [s.hyper["h1"] for s in found] == [found[0].hyper["h1"]] * 2 + [0.0]


@pytest.mark.parametrize(("count", "combined"), [(0, 1), (1, 2), (2, 4), (3, 8), (4, 12), (5, 17)])
@pytest.mark.parametrize("on", [0, 1, 2])
def test_of_any_two_flags_every_pair_of_values_comes(count: int, combined: int, on: int) -> None:
    flags = tuple(Flag(f"f{n}", n < on, PLACE) for n in range(count))
    found = [s.flags for s in settings(replace(spec_of([(0.1, "any")]), flags=flags)) if s.name == "defaults"]
    default = {f.name: f.default for f in flags}
    assert found[0] == default
    assert len(found) == combined
    assert all(found.count(choice) == 1 for choice in found)
    if count <= 3:
        assert {tuple(choice.values()) for choice in found} == set(product((False, True), repeat=count))
    for pair in combinations(default, 2):
        for values in product((False, True), repeat=2):
            assert default | dict(zip(pair, values, strict=True)) in found


def test_a_setting_names_its_values_and_flags() -> None:
    setting = settings(spec_of([(0.25, "any")], flags=1))[1]
    assert str(setting) == "defaults: h0=0.25, f0"
    assert setting.arguments == {"h0": 0.25, "f0": True}
    assert str(settings(spec_of([]))[0]) == "defaults"
