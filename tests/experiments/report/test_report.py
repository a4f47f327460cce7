"""The report: every figure from raw results, verdicts that follow from them, a page of its own."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from benchmark_runs import AGENT, DQN, lines

from dsrl_agent.errors import CheckpointError
from dsrl_agent.experiments.analysis.claims import Claim, claims
from dsrl_agent.experiments.analysis.comparisons import comparisons
from dsrl_agent.experiments.analysis.published import PUBLISHED, published_rows
from dsrl_agent.experiments.analysis.results import Results, read_results
from dsrl_agent.experiments.plan.suite_files import read_suite
from dsrl_agent.experiments.report.figures import _colours
from dsrl_agent.experiments.report.tables import headline, tables
from dsrl_agent.experiments.report.write import write_report

ROOT = Path(__file__).parents[3]


def results(tmp_path: Path, *runs: bytes) -> Results:
    file = tmp_path / "results.jsonl"
    file.write_bytes(b"".join(runs))
    return read_results([file])


def judged(tmp_path: Path, *runs: bytes) -> list[Claim]:
    found = results(tmp_path, *runs)
    return claims(found, comparisons(found))


def test_the_claim_of_few_steps_holds_where_the_interval_is_beyond_the_ratio(
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


def test_in_larger_frames_the_lesser_verdict_counts(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    runs += [lines("fast", "DQN", DQN, seed, {60000: 5}) for seed in (0, 1)]
    runs += [lines("larger_frames", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    runs += [lines("larger_frames", "DQN", DQN, seed, {900: 1, 2000: 10}) for seed in (0, 1)]
    told = judged(tmp_path, *runs)[0]
    assert told.verdict == "partly"
    assert "In larger frames: ours: 100; DQN: 2,000. Ratio of medians: 20 [9.0, ∞]" in told.evidence


def test_so_few_runs_that_any_test_would_be_silent_decide_nothing(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in range(3)]
    runs += [lines("fast", "DQN", DQN, seed, {100: 1}) for seed in range(3)]
    play = comparisons(results(tmp_path, *runs))[-1]
    assert (play.detail, play.better) == ("P(agent better) 1.00 [1.00, 1.00]", "neither")
    behind = judged(tmp_path, *runs)[-1]
    assert (behind.name, behind.verdict) == ("Is nowhere behind", "undecided")
    assert behind.evidence.startswith("DQN is better in 0 of 7 comparisons; ")


def test_the_same_run_twice_is_refused(tmp_path: Path) -> None:
    one = lines("fast", "ours", AGENT, 3, {100: 10})
    with pytest.raises(CheckpointError, match="the run of 'ours' in 'mixed' with seed 3, which"):
        results(tmp_path, one, one)


def test_where_seeds_fail_a_claim_does_not_hold_by_its_mean(tmp_path: Path) -> None:
    scores = [10] * 8 + [0] * 2
    runs = [lines("robust", "ours", AGENT, s, {100: score}) for s, score in enumerate(scores)]
    told = judged(tmp_path, *runs)[4]
    assert told.evidence.startswith("mixed 1.000 [0.")
    assert (told.name, told.verdict) == ("Sees through disturbances", "does not hold")


def test_a_front_end_that_needs_fewer_steps_is_told_beside_the_default(tmp_path: Path) -> None:
    planner = {"kind": "dsrl", "settings": {"front_end": {"kind": "rules"}}}
    runs = [lines("fast", "ours", AGENT, seed, {100: 10}) for seed in (0, 1)]
    runs += [lines("fast", "planner", planner, seed, {50: 10}) for seed in (0, 1)]
    runs += [lines("fast", "DQN", DQN, seed, {500: 1, 1000: 10}) for seed in (0, 1)]
    told = judged(tmp_path, *runs)[0].evidence
    assert "Ratio of medians: 10 [5.0, ∞]. planner: 50; ratio 20 [10, ∞]." in told


def test_of_dqns_that_never_get_there_the_claim_names_the_one_that_is_best(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, 0, {100: 10})]
    runs += [lines("fast", name, DQN, 0, {900: score}) for name, score in (("a", 2), ("b", 7))]
    assert "b: not reached by 900" in judged(tmp_path, *runs)[0].evidence


def in_world(world: str, run: bytes) -> bytes:
    return run.replace(b'"mixed"', f'"{world}"'.encode())


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


def test_where_dqn_is_better_the_first_tables_say_so(tmp_path: Path) -> None:
    agent = [lines("fast", "ours", AGENT, seed, {100: 8}) for seed in range(4)]
    dqn = [lines("fast", "DQN", DQN, seed, {900: 1, 1000: 6, 60000: 9}) for seed in range(4)]
    told = {one.where: one for one in comparisons(results(tmp_path, *agent, *dqn))}
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
    behind = judged(tmp_path, *agent, *dqn)[-1]
    assert (behind.name, behind.verdict) == ("Is nowhere behind", "does not hold")
    assert "in 2 of 7 comparisons: env steps a CPU second" in behind.evidence


def test_what_is_collected_is_told_where_it_speaks_for_another(tmp_path: Path) -> None:
    # All ten collected and three bad ones touched: a score of .7, beside .8 of who leaves two.
    greedy = b'"good":[10],"bad":[3]'
    dqn = [
        lines("fast", "greedy", DQN, seed, {100: 7}).replace(b'"good":[7],"bad":[0]', greedy)
        for seed in range(4)
    ]
    dqn += [lines("fast", "timid", DQN, seed, {100: 4}) for seed in range(4)]
    agent = [lines("fast", "ours", AGENT, seed, {100: 8}) for seed in range(4)]
    play = [x for x in comparisons(results(tmp_path, *agent, *dqn)) if x.where[0] == "`"]
    assert [(one.where[8:17], one.dqn, one.better) for one in play] == [
        ("score in ", "greedy", "agent"), ("collected", "greedy", "DQN"),
    ]  # fmt: skip


def test_where_nothing_is_to_be_collected_mean_returns_are_compared(tmp_path: Path) -> None:
    nothing = b'"positives":[0],"good":[0]'
    runs = [
        lines("fast", name, kind, seed, {100: -score}).replace(
            b'"positives":[10],"good":[-%d]' % score, nothing
        )
        for name, kind, score in (("ours", AGENT, 1), ("DQN", DQN, 3))
        for seed in range(4)
    ]
    (play,) = [one for one in comparisons(results(tmp_path, *runs)) if one.where[0] == "`"]
    assert play.where == "`fast`: mean return in mixed, after 100 and 100 steps"
    assert (play.ours[:6], play.theirs[:6], play.better) == ("-1.000", "-3.000", "agent")


def test_who_does_exactly_the_same_is_not_behind(tmp_path: Path) -> None:
    agent = [lines("transfer", "ours", AGENT, seed, {100: 8}) for seed in range(4)]
    same = [lines("transfer", "DQN", DQN, seed, {900: 8}) for seed in range(4)]
    behind = judged(tmp_path, *agent, *same)[-1]
    assert (behind.verdict, behind.evidence[-18:]) == ("holds", "; 0 are undecided.")


def test_worlds_that_both_were_trained_in_are_compared_as_strata(tmp_path: Path) -> None:
    runs = []
    for world, ours, theirs in (("a", 9, 3), ("b", 6, 5), ("c", 2, 1)):
        runs += [in_world(world, lines("robust", "ours", AGENT, s, {10: ours})) for s in range(3)]
        if world != "c":
            runs += [in_world(world, lines("robust", "D", DQN, s, {90: theirs})) for s in range(3)]
    together = comparisons(results(tmp_path, *runs))[-1]
    assert together.where == "`robust`: score over a, b, worlds as strata"
    # The middle half of .6 and .9, three of each: with worlds as strata no resample differs.
    assert together.ours == "0.750 [0.750, 0.750]"
    assert (together.theirs, together.better) == ("0.400 [0.400, 0.400]", "agent")
    few = [run for run in runs if b'"seed":2' not in run]
    assert len(few) == 10
    # With two against two in both worlds the least p is 2 / (6 * 6).
    assert comparisons(results(tmp_path, *few))[-1].better == "neither"


def test_the_best_dqn_is_the_one_compared_with(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, 0, {100: 10})]
    runs += [lines("fast", name, DQN, 0, {100: score}) for name, score in (("a", 2), ("b", 7))]
    sees = {"kind": "dqn", "settings": {"sight": "symbols"}}
    runs += [lines("fast", "told the facts", sees, 0, {100: 9})]
    told = comparisons(results(tmp_path, *runs))
    assert (told[-1].dqn, told[-1].theirs) == ("b", "0.700 (1 run)")


def test_what_was_not_measured_is_called_so(tmp_path: Path) -> None:
    found = judged(tmp_path, lines("fast", "ours", AGENT, 0, {100: 10}))
    assert {one.verdict for one in found} == {"not measured"}


def test_a_report_of_which_no_claim_was_measured_has_no_table_of_them(tmp_path: Path) -> None:
    run = lines("cost", "ours", AGENT, 0, {100: 10})
    assert [one.name for one in tables(results(tmp_path, run))] == ["cost", "runs"]


def test_a_resumed_run_tells_the_revisions_of_all_its_sessions(tmp_path: Path) -> None:
    run = lines("cost", "ours", AGENT, 0, {100: 10}).replace(
        b'"git":null',
        b'"git":{"revision":"aaaaaaaa11"},"resumed":[{"git":{"revision":"bbbbbbbb22"}}]',
    )
    assert tables(results(tmp_path, run))[-1].rows[0][-1] == "aaaaaaaa, bbbbbbbb"


def test_the_headline_is_of_the_last_mark(tmp_path: Path) -> None:
    runs = [lines("fast", "ours", AGENT, seed, {100: 3, 200: 5 + seed}) for seed in range(4)]
    (row,) = headline(results(tmp_path, *runs)).rows
    # Of .5, .6, .7, .8 the middle half is .6 and .7.
    assert row[:3] == ["ours", "200", "4"]
    assert row[3].startswith("0.650 [")
    assert row[6:] == ["not reached by 200", "2", "3"]


def test_what_cannot_play_is_told_beneath_its_own_suite(tmp_path: Path) -> None:
    cannot = {"kind": "cannot", "test": "9x9", "steps": 100, "in": "mixed", "why": "size"}
    runs = [
        lines("fast", "DQN", DQN, 0, {100: 5}, test="9x9", more=[cannot]),
        lines("explain", "ours", AGENT, 0, {100: 5}),
    ]
    notes = {table.name: table.note for table in tables(results(tmp_path, *runs))}
    assert "DQN cannot play in 9x9" in notes["fast"]
    assert "cannot" not in notes["explain"]


def test_published_windows_are_means_over_episodes_that_touch_anything(tmp_path: Path) -> None:
    good = [1.0] * 5 + [0.0] * 5 + [1.0] * 190
    bad = [0.0] * 5 + [1.0] * 4 + [0.0] * 191  # the tenth episode touches nothing
    row = {"kind": "training", "steps": 9, "returns": good, "good": good, "bad": bad}
    facts = {"kind": "facts", "settings": {}}
    runs = [
        lines("srl_cs_2018", "DSRL", facts, seed, {}, more=[row]).replace(
            b'"train":"mixed"', b'"train":"tiny"'
        )
        for seed in (0, 1)
    ]
    ours, theirs = published_rows(results(tmp_path, *runs))
    # 5 of 9, then 45 of 49, then all.
    assert [cell[:5] for cell in ours[1:]] == ["0.556", "0.918", "1.000", "1.000"]
    assert theirs == ["DSRL, published", *(f"{x:.3f}" for x in PUBLISHED["DSRL"])]


def test_explanations_are_judged_where_they_were_measured(tmp_path: Path) -> None:
    runs = [
        lines("explain", "ours", AGENT, seed, {100: 10}).replace(
            b'"lengths"', b'"faithfulness":%.2f,"lengths"' % share
        )
        for seed, share in enumerate((0.95, 0.95, 0.97, 0.97))
    ]
    found = judged(tmp_path, *runs)[5]
    assert (found.verdict, found.evidence[:11]) == ("holds", "ours: 0.960")


class _Loads(HTMLParser):
    """Notes what a page would fetch, and which tags are left open."""

    def __init__(self) -> None:
        super().__init__()
        self.fetched: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "href", "xlink:href") and not (value or "").startswith(
                ("#", "data:")
            ):
                self.fetched.append(f"{tag} {value}")
            if name == "id":
                self.ids.append(value or "")


def test_the_page_needs_nothing_beside_it(tmp_path: Path) -> None:
    film = {"kind": "film", "test": "mixed", "steps": 100, "episode_seed": 3, "acts": [0, 1, 3]}
    runs = [
        lines("fast", "ours <b>", AGENT, 0, {100: 10}, more=[film]),
        lines("fast", "DQN", DQN, 0, {100: 1, 1000: 4}, more=[film]),
    ]
    file = tmp_path / "results.jsonl"
    file.write_bytes(b"".join(runs))
    page = write_report([file], tmp_path / "report")
    text = page.read_text(encoding="utf-8")
    loads = _Loads()
    loads.feed(text)
    assert loads.fetched == []
    assert "url(http" not in text
    assert len(loads.ids) == len(set(loads.ids))
    assert "ours &lt;b&gt;" in text  # names are text, whatever they hold
    assert "ours <b>" not in text
    assert text.count('class="film"') == 2
    assert 'data-frames="4"' in text
    names = {path.name for path in page.parent.iterdir()}
    assert names >= {"tables.md", "learning.png", "learning.svg", "profile.png"}
    again = write_report([file], tmp_path / "again")
    assert again.read_bytes() == page.read_bytes()


@pytest.fixture(scope="module")
def committed() -> Results:
    return read_results(sorted((ROOT / "benchmarks" / "results" / "suites").glob("*.jsonl")))


SUITES = sorted((ROOT / "benchmarks" / "results" / "suites").glob("*.jsonl"))


@pytest.mark.parametrize("file", SUITES, ids=lambda file: file.stem)
def test_committed_results_are_of_the_committed_suites(file: Path) -> None:
    suite = read_suite(file.stem, ROOT / "configs" / "benchmark")
    planned = [task.described() for task in suite.tasks()]
    measured = [head["task"] for head in read_results([file]).headers]
    assert sorted(map(str, measured)) == sorted(map(str, planned))


def test_no_two_contestants_of_the_plots_share_a_colour(committed: Results) -> None:
    colours = _colours(committed)
    shown = [name for name in colours if not name.endswith(("mistyped", "missed"))]
    alone = {name.removesuffix(", true facts"): colours[name] for name in shown}
    assert len(set(alone.values())) == len(alone) > 10


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("README.md", "headline"),
        ("README.md", "claims"),
        ("docs/benchmark.md", "main_job"),
        ("docs/benchmark.md", "comparisons"),
        ("docs/benchmark.md", "other_agents"),
        ("docs/benchmark.md", "cost"),
        ("docs/benchmark.md", "srl_cs_2018"),
        ("docs/benchmark.md", "moved"),
        ("docs/rules.md", "front_ends"),
    ],
)
def test_pages_tell_what_the_committed_results_come_to(
    page: str, name: str, committed: Results
) -> None:
    if not (ROOT / page).is_file():
        pytest.skip(f"{page} is not here: the package is tested away from its checkout")
    text = (ROOT / page).read_text(encoding="utf-8")
    block = re.search(rf"<!-- benchmark: {name} -->\n(.*?)\n<!-- end -->", text, re.DOTALL)
    assert block is not None
    (made,) = (table.markdown() for table in tables(committed) if table.name == name)
    bounds, rebuilt = _INTERVAL.findall(block[1]), _INTERVAL.findall(made)
    assert _INTERVAL.sub("[]", block[1]) == _INTERVAL.sub("[]", made)
    # Resampling may differ in the last digits between versions of NumPy; nothing else may.
    for one, again in zip(bounds, rebuilt, strict=True):
        assert _numbers(one) == pytest.approx(_numbers(again), abs=0.01, rel=0.02)


_INTERVAL = re.compile(r"\[([-\d.,∞]+, [-\d.,∞]+)\]")


def _numbers(bounds: str) -> list[float]:
    return [float(x.replace(",", "").replace("∞", "inf")) for x in bounds.split(", ")]
