"""Write imagined walks as a logic program: the values of stepping on types, discounted."""

from __future__ import annotations

from dsrl_agent.explain.logic.walks import LONGEST, walks_program
from dsrl_agent.front_end.knowledge import ImaginedWalks


def written(discount: float, worths: dict[tuple[int, int], float]) -> list[str]:
    lines = walks_program(ImaginedWalks(worths, {}), discount, ["left", "right"])
    return [line for line in lines if line.startswith("worth(")]


def test_a_worth_is_written_for_every_number_of_steps() -> None:
    found = written(0.5, {(1, 1): 1.0})
    assert found[:3] == [
        "worth(1,right,0,1000000,0).",
        "worth(1,right,1,500000,0).",
        "worth(1,right,2,250000,0).",
    ]
    # 0.5^41 rounds to 0 millionths of a millionth: 10^12 / 2^41 = 0.45.
    assert len(found) == 41


def test_without_discount_a_worth_holds_for_the_longest_way() -> None:
    assert len(written(1.0, {(2, 0): -1.0})) == LONGEST + 1
    assert written(1.0, {(2, 0): 0.0}) == []


def test_types_that_are_walked_over_are_named() -> None:
    walks = ImaginedWalks({(1, 1): 1.0}, {}, frozenset([3, 2]))
    lines = list(walks_program(walks, 0.5, ["left", "right"]))
    assert [line for line in lines if line.startswith("plain(")] == ["plain(2).", "plain(3)."]
