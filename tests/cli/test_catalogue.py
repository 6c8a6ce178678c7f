"""What `optgen list --json` has to have: everything that the sources of the catalogue describe."""

from __future__ import annotations

import json

from commandline import ROOT, run

OPTIMIZERS = """
    sgd momentum nesterov adagrad rmsprop adadelta adam adamw adamax nadam amsgrad radam adabelief yogi noisy_sgd lars
    lamb adabound amsbound ranger ralamb rangerlars lion signsgd adan ademamix adopt novograd qhm qhadam tiger sophia
    madgrad rprop asgd laprop stableadamw schedule_free_sgd schedule_free_adamw grokfast mars prodigy adafactor
    sm3 adam_uncorrected adam_eps_inside adam_eps_hat
    adagrad_eps_inside rmsprop_eps_inside nadam_simplified nesterov_averaged
"""
TRANSFORMS = """
    lookahead layerwise l2 decoupled_weight_decay clip_by_value cautious dynamic_bound largest_moment nesterov_momentum
    gradient_noise parameter_average scheduled clip_by_global_norm gradient_centralization
"""
SCHEDULES = """
    constant linear_warmup warmup linear_decay cosine_decay cosine_restarts exponential_decay step_decay
    polynomial_decay one_cycle noam warmup_stable_decay
"""


def test_everything_is_listed() -> None:
    listed = run("list", "--json", cwd=ROOT)
    assert (listed.returncode, listed.stderr) == (0, "")
    rows = json.loads(listed.stdout)
    names: dict[str, set[str]] = {"optimizer": set(), "schedule": set(), "transform": set()}
    for row in rows:
        names[row["kind"]].add(row["name"])
        assert row["title"]
        assert row["targets"] or row["kind"] == "transform"
    assert set(OPTIMIZERS.split()) <= names["optimizer"]
    assert set(TRANSFORMS.split()) <= names["transform"]
    assert set(SCHEDULES.split()) <= names["schedule"] | names["transform"]


def test_a_transform_is_no_spec_by_itself() -> None:
    done = run("show", "lookahead", cwd=ROOT)
    assert done.returncode == 2
    assert (
        done.stderr
        == "optgen: lookahead is a transform: apply it, as in made = lookahead(...), and name what is made\n"
    )
    assert run("show", "nothing", cwd=ROOT).stderr.endswith("(optgen list shows those that there are)\n")
