"""Compare the agent with pixel DQNs from hand-made runs."""

from __future__ import annotations

from pathlib import Path

from benchmark_runs import AGENT, DQN, in_world, lines, read_runs

from dsrl_agent.experiments.analysis.claims import claims
from dsrl_agent.experiments.analysis.comparisons import comparisons


def test_comparisons_name_the_dqn_where_it_is_better(tmp_path: Path) -> None:
    agent = [lines("fast", "ours", AGENT, seed, {100: 8}) for seed in range(4)]
    dqn = [lines("fast", "DQN", DQN, seed, {900: 1, 1000: 6, 60000: 9}) for seed in range(4)]
    told = {one.where: one for one in comparisons(read_runs(tmp_path, *agent, *dqn))}
    at_home = told["`fast`: score in mixed, after 100 and 60,000 steps"]
    assert (at_home.ours, at_home.theirs) == ("0.800 [0.800, 0.800]", "0.900 [0.900, 0.900]")
    assert at_home.better == "DQN"
    # Ours by 100 steps; DQN not before its mark at 900.
    assert told["env steps to a score of 0.5"].better == "agent"
    assert told["env steps to a score of 0.5"].detail == "10 [9.0, ∞]"
    # Ours never is, within 100 steps, and may need fewer than DQN's 60,000.
    assert told["env steps to a score of 0.9"].better == "neither"
    assert told["env steps to a score of 0.95"].better == "neither"
    assert told["CPU seconds to a score of 0.95"].better == "neither"
    rate = told["env steps a CPU second while learning"]  # 100 and 60,000 steps in 2 seconds
    assert (rate.ours[:3], rate.theirs[:6], rate.better) == ("50 ", "30000 ", "DQN")
    found = read_runs(tmp_path, *agent, *dqn)
    behind = claims(found, comparisons(found))[-1]
    assert (behind.name, behind.verdict) == ("Is nowhere behind", "does not hold")
    assert "in 2 of 7 comparisons: env steps a CPU second" in behind.evidence


def test_collected_objects_are_compared_if_they_favour_another_contestant(tmp_path: Path) -> None:
    # All ten collected and three bad ones touched: a score of .7, beside .8 of who leaves two.
    greedy = b'"good":[10],"bad":[3]'
    dqn = [
        lines("fast", "greedy", DQN, seed, {100: 7}).replace(b'"good":[7],"bad":[0]', greedy)
        for seed in range(4)
    ]
    dqn += [lines("fast", "timid", DQN, seed, {100: 4}) for seed in range(4)]
    agent = [lines("fast", "ours", AGENT, seed, {100: 8}) for seed in range(4)]
    play = [x for x in comparisons(read_runs(tmp_path, *agent, *dqn)) if x.where[0] == "`"]
    assert [(one.where[8:17], one.dqn, one.better) for one in play] == [
        ("score in ", "greedy", "agent"), ("collected", "greedy", "DQN"),
    ]  # fmt: skip


def test_mean_returns_are_compared_in_worlds_without_positive_objects(tmp_path: Path) -> None:
    nothing = b'"positives":[0],"good":[0]'
    runs = [
        lines("fast", name, kind, seed, {100: -score}).replace(
            b'"positives":[10],"good":[-%d]' % score, nothing
        )
        for name, kind, score in (("ours", AGENT, 1), ("DQN", DQN, 3))
        for seed in range(4)
    ]
    (play,) = [one for one in comparisons(read_runs(tmp_path, *runs)) if one.where[0] == "`"]
    assert play.where == "`fast`: mean return in mixed, after 100 and 100 steps"
    assert (play.ours[:6], play.theirs[:6], play.better) == ("-1.000", "-3.000", "agent")


def test_worlds_of_both_contestants_are_compared_as_strata(tmp_path: Path) -> None:
    runs = []
    for world, ours, theirs in (("a", 9, 3), ("b", 6, 5), ("c", 2, 1)):
        runs += [in_world(world, lines("robust", "ours", AGENT, s, {10: ours})) for s in range(3)]
        if world != "c":
            runs += [in_world(world, lines("robust", "D", DQN, s, {90: theirs})) for s in range(3)]
    together = comparisons(read_runs(tmp_path, *runs))[-1]
    assert together.where == "`robust`: score over a, b, worlds as strata"
    # The middle half of .6 and .9, three of each: with worlds as strata no resample differs.
    assert together.ours == "0.750 [0.750, 0.750]"
    assert (together.theirs, together.better) == ("0.400 [0.400, 0.400]", "agent")
    few = [run for run in runs if b'"seed":2' not in run]
    assert len(few) == 10
    # With two against two in both worlds the least p is 2 / (6 * 6).
    assert comparisons(read_runs(tmp_path, *few))[-1].better == "neither"


def test_the_agent_is_compared_with_the_best_dqn_on_pixels(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, 0, {100: 10})]
    runs += [lines("fast", name, DQN, 0, {100: score}) for name, score in (("a", 2), ("b", 7))]
    sees = {"kind": "dqn", "settings": {"sight": "symbols"}}
    runs += [lines("fast", "told the facts", sees, 0, {100: 9})]
    told = comparisons(read_runs(tmp_path, *runs))
    assert (told[-1].dqn, told[-1].theirs) == ("b", "0.700 (1 run)")
