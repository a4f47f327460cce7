"""Compare runs with published figures."""

from __future__ import annotations

from pathlib import Path

from benchmark_runs import lines, read_runs

from dsrl_agent.experiments.analysis.published import PUBLISHED, published_rows


def test_published_windows_average_the_episodes_that_touch_an_object(tmp_path: Path) -> None:
    good = [1.0] * 5 + [0.0] * 5 + [1.0] * 190
    bad = [0.0] * 5 + [1.0] * 4 + [0.0] * 191  # the tenth episode touches nothing
    row = {"kind": "training", "steps": 9, "returns": good, "good": good, "bad": bad}
    facts = {"kind": "agent_on_true_facts", "settings": {}}
    runs = [
        lines("srl_cs_2018", "DSRL", facts, seed, {}, more=[row]).replace(
            b'"train":"mixed"', b'"train":"tiny"'
        )
        for seed in (0, 1)
    ]
    ours, theirs = published_rows(read_runs(tmp_path, *runs), "srl_cs_2018")
    # 5 of 9, then 45 of 49, then all.
    assert [cell[:5] for cell in ours[1:]] == ["0.556", "0.918", "1.000", "1.000"]
    assert theirs == ["DSRL, published", *(f"{x:.3f}" for x in PUBLISHED["DSRL"])]
