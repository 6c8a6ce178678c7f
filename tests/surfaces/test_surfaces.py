"""Surfaces: derivatives against finite differences, and every optimizer on every surface."""

from __future__ import annotations

import importlib
from pathlib import Path

import numpy as np
import pytest

import optgen.specs
from optgen.check import load_checked
from optgen.driver import unit_of
from optgen.spec.model import SpecKind
from optgen.surfaces.surface import SURFACES, Surface
from optgen.surfaces.terminal import drawn, inside, seen
from optgen.surfaces.trajectory import RATES, Subject, best, subject_of, trajectory

FOLDER = Path(optgen.specs.__path__[0])
SPECS = {spec.name: spec for spec in load_checked(FOLDER) if spec.kind is SpecKind.OPTIMIZER}
POINTS = np.array([[-1.5, 1.1], [0.3, -0.4], [1.2, 0.9], [0.01, 0.02]])


def subject(name: str) -> Subject:
    return subject_of(unit_of(SPECS[name], FOLDER), importlib.import_module(f"optgen.generated.{name}.reference"))


@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda s: s.name)
def test_derivatives_are_those_of_finite_differences(surface: Surface) -> None:
    h = 1e-5
    for point in (*POINTS, np.array(surface.start)):
        steps = np.eye(2) * h
        ups = np.array([surface.value(*(point + step)) for step in steps])
        downs = np.array([surface.value(*(point - step)) for step in steps])
        scale = 1 + abs(float(surface.value(*point)))
        np.testing.assert_allclose(surface.gradient(point), (ups - downs) / (2 * h), rtol=1e-6, atol=1e-6 * scale)
        second = np.array([(surface.gradient(point + s) - surface.gradient(point - s)) @ s for s in steps]) / (2 * h**2)
        np.testing.assert_allclose(surface.curvature(point), second, rtol=1e-6, atol=1e-6 * scale)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=lambda s: s.name)
def test_minima_are_minima(surface: Surface) -> None:
    assert surface.minimum is not None
    least = np.array(surface.minimum)
    np.testing.assert_allclose(surface.gradient(least), 0, atol=1e-9)
    x, y = (np.linspace(*side, 201) for side in (surface.x, surface.y))
    assert surface.value(*np.meshgrid(x, y)).min() >= surface.lowest - 1e-12
    for place in (least, np.array(surface.start)):
        assert surface.x[0] <= place[0] <= surface.x[1]
        assert surface.y[0] <= place[1] <= surface.y[1]


@pytest.mark.parametrize("name", sorted(SPECS))
def test_every_optimizer_makes_steps_on_every_surface(name: str) -> None:
    one = subject(name)
    for surface in SURFACES.values():
        settings = {"lr": 1e-3} if one.has_rate else {}
        way = trajectory(one, surface, 15, **settings)
        assert way.points.shape == (16, 2)
        np.testing.assert_array_equal(way.points[0], surface.start)
        assert np.isfinite(way.points).all()
        assert (way.points[15] != way.points[0]).any()


def test_gradient_descent_is_what_it_is() -> None:
    surface = SURFACES["valley"]
    way = trajectory(subject("sgd"), surface, 5, lr=0.01)
    expected = np.array(surface.start) * np.array([[0.99, 0.0]]) ** np.arange(6)[:, None]
    np.testing.assert_allclose(way.points, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(way.values, surface.value(*way.points.T))


def test_the_same_noise_for_all_and_each_time() -> None:
    noisy = SURFACES["noisy"]
    first, again = (trajectory(subject("sgd"), noisy, 20, lr=0.1) for _ in range(2))
    np.testing.assert_array_equal(first.points, again.points)
    assert not np.allclose(first.points[1], np.array(noisy.start) * (0.9, 0.6))


def test_what_diverges_is_said_to() -> None:
    way = trajectory(subject("sgd"), SURFACES["rosenbrock"], 50, lr=10)
    assert way.outcome == float("inf")
    assert not np.isfinite(way.points[-1]).all()
    assert len(seen(SURFACES["rosenbrock"], way.points)) < 5


def test_the_best_rate_ends_lowest() -> None:
    valley, one = SURFACES["valley"], subject("sgd")
    found = best(one, valley, 50)
    ends = {rate: trajectory(one, valley, 50, lr=rate).outcome for rate in RATES}
    assert found.outcome == min(ends.values())
    assert ends[found.settings["lr"]] == found.outcome
    kept = best(one, valley, 50, momentum=0.5)
    assert kept.settings["momentum"] == 0.5
    assert kept.outcome <= trajectory(one, valley, 50, lr=1e-2, momentum=0.5).outcome


def test_settings_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="lr must be"):
        trajectory(subject("sgd"), SURFACES["valley"], 1, lr=-1)
    with pytest.raises(TypeError):
        trajectory(subject("sgd"), SURFACES["valley"], 1, nonsense=1)


def test_drawings_fit_and_end_in_numbers() -> None:
    pytest.importorskip("plotext", reason="plotext is not installed")
    for surface in SURFACES.values():
        ways = [trajectory(subject(name), surface, 30, lr=1e-2) for name in ("sgd", "adamw")]
        lines = drawn(surface, ways, (79, 20), colours=False).splitlines()
        assert len(lines) == 20
        assert max(map(len, lines)) <= 79
        assert "\x1b" not in "".join(lines)
        picture = "".join(line.partition("│")[2] or line.partition("┤")[2] for line in lines)
        assert "2" in picture
        assert "·" in picture
    assert "\x1b[" in drawn(surface, ways, (79, 20), colours=True)


def test_the_last_point_that_is_seen() -> None:
    rosenbrock = SURFACES["rosenbrock"]
    assert inside(rosenbrock, np.array([[0.0, 0.0], [1.0, 1.0], [5.0, 5.0]])) == (1.0, 1.0)
