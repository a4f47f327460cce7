"""Judge claims from hand-made runs."""

from __future__ import annotations

from pathlib import Path

from benchmark_runs import AGENT, DQN, in_world, lines, read_runs

from dsrl_agent.experiments.analysis.claims import Claim, claims
from dsrl_agent.experiments.analysis.comparisons import comparisons


def judged(tmp_path: Path, *runs: bytes) -> list[Claim]:
    found = read_runs(tmp_path, *runs)
    return claims(found, comparisons(found))


def test_few_steps_holds_if_the_interval_is_above_500(
    tmp_path: Path,
) -> None:
    agent = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    slow = [lines("fast", "DQN", DQN, seed, {1000: 1, 60000: 5}) for seed in (0, 1)]
    first = judged(tmp_path, *agent, *slow)[0]
    # 60,000 / 100 is 600, and DQN is not there yet.
    assert first.verdict == "holds"
    assert "at least 600 [600, ∞]" in first.evidence  # ours may have been there before its mark
    assert "DQN: not reached by 60,000" in first.evidence
    quick = [lines("fast", "DQN", DQN, seed, {200: 1, 1000: 10, 60000: 10}) for seed in (0, 1)]
    assert judged(tmp_path, *agent, *quick)[0].verdict == "partly"  # 10 times
    alone = judged(tmp_path, *agent, *slow[:1])[0]
    assert (alone.verdict, "at least 600." in alone.evidence) == ("undecided", True)
    quicker = [lines("fast", "DQN", DQN, seed, {50: 10, 60000: 10}) for seed in (0, 1)]
    assert judged(tmp_path, *agent, *quicker)[0].verdict == "undecided"  # no mark before
    agent = [lines("fast", "ours", AGENT, seed, {60: 1, 100: 10}) for seed in (0, 1)]
    assert judged(tmp_path, *agent, *quicker)[0].verdict == "does not hold"


def test_the_worse_verdict_of_small_and_larger_frames_counts(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    runs += [lines("fast", "DQN", DQN, seed, {60000: 5}) for seed in (0, 1)]
    runs += [lines("larger_frames", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    runs += [lines("larger_frames", "DQN", DQN, seed, {900: 1, 2000: 10}) for seed in (0, 1)]
    told = judged(tmp_path, *runs)[0]
    assert told.verdict == "partly"
    assert "In larger frames: ours: 100; DQN: 2,000. Ratio of medians: 20 [9.0, ∞]" in told.evidence


def test_three_runs_on_each_side_decide_nothing(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in range(3)]
    runs += [lines("fast", "DQN", DQN, seed, {100: 1}) for seed in range(3)]
    play = comparisons(read_runs(tmp_path, *runs))[-1]
    assert (play.detail, play.better) == ("P(agent better) 1.00 [1.00, 1.00]", "neither")
    assert play.few
    behind = judged(tmp_path, *runs)[-1]
    assert (behind.name, behind.verdict) == ("Is nowhere behind", "undecided")
    assert behind.evidence.startswith("DQN is better in 0 of 7 comparisons; ")


def test_a_claim_does_not_hold_by_its_mean_if_seeds_fail(tmp_path: Path) -> None:
    scores = [10] * 8 + [0] * 2
    runs = [lines("robust", "ours", AGENT, s, {100: score}) for s, score in enumerate(scores)]
    told = judged(tmp_path, *runs)[4]
    assert told.evidence.startswith("mixed 1.000 [0.")
    assert (told.name, told.verdict) == ("Sees through disturbances", "does not hold")


def test_a_front_end_that_needs_fewer_steps_is_named_beside_the_default(tmp_path: Path) -> None:
    planner = {"kind": "agent", "settings": {"front_end": {"kind": "rules"}}}
    runs = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    runs += [lines("fast", "planner", planner, seed, {50: 10}) for seed in (0, 1)]
    runs += [lines("fast", "DQN", DQN, seed, {500: 1, 1000: 10}) for seed in (0, 1)]
    told = judged(tmp_path, *runs)[0].evidence
    assert "Ratio of medians: 10 [5.0, ∞]. planner: 50; ratio 20 [10, ∞]." in told


def test_few_steps_names_the_best_of_dqns_that_never_reach_the_score(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, 0, {100: 10})]
    runs += [lines("fast", name, DQN, 0, {900: score}) for name, score in (("a", 2), ("b", 7))]
    assert "b: not reached by 900" in judged(tmp_path, *runs)[0].evidence


def test_claims_without_runs_are_not_measured(tmp_path: Path) -> None:
    found = judged(tmp_path, lines("fast", "ours", AGENT, 0, {100: 10}))
    assert {one.verdict for one in found} == {"not measured"}


def test_explanations_are_judged_in_the_suite_that_measures_them(tmp_path: Path) -> None:
    runs = [
        lines("explain", "ours", AGENT, seed, {100: 10}).replace(
            b'"lengths"', b'"faithfulness":%.2f,"lengths"' % share
        )
        for seed, share in enumerate((0.95, 0.95, 0.97, 0.97))
    ]
    found = judged(tmp_path, *runs)[5]
    assert (found.verdict, found.evidence[:11]) == ("holds", "ours: 0.960")


def test_abstract_reasoning_is_judged_beside_the_oracle(tmp_path: Path) -> None:
    oracle = {"kind": "oracle", "settings": {}}
    runs = [lines("front_ends", "planner", AGENT, seed, {300: 9}) for seed in (0, 1)]
    runs += [lines("front_ends", "DQN", DQN, seed, {900: 1}) for seed in (0, 1)]
    runs += [lines("front_ends", "oracle", oracle, seed, {0: 10}) for seed in (0, 1)]
    doors = [in_world("key and door", run) for run in runs]
    told = judged(tmp_path, *doors)[2]
    assert (told.name, told.verdict) == ("Reasons abstractly", "holds")
    assert "planner 0.900 [0.900, 0.900] after 300 steps, DQN 0.100 [" in told.evidence
    worse = lines("front_ends", "planner", AGENT, 0, {300: 8})
    boxes = [in_world("push", run) for run in (worse, runs[-1])]
    assert judged(tmp_path, *doors, *boxes)[2].verdict == "partly"
    assert judged(tmp_path, *boxes)[2].verdict == "does not hold"


def test_an_agent_with_equal_scores_is_not_behind(tmp_path: Path) -> None:
    agent = [lines("transfer", "ours", AGENT, seed, {100: 8}) for seed in range(4)]
    same = [lines("transfer", "DQN", DQN, seed, {900: 8}) for seed in range(4)]
    behind = judged(tmp_path, *agent, *same)[-1]
    assert (behind.verdict, behind.evidence[-18:]) == ("holds", "; 0 are undecided.")
