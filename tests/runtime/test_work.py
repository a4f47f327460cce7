"""The work of a search is counted, and bounded."""

from __future__ import annotations

import pytest

from dsrl_agent.errors import PerceptionError, WorkError
from dsrl_agent.runtime.work import WorkBudget, count_work


def test_work_is_counted_over_all_contexts_of_a_budget() -> None:
    budget = WorkBudget(100.0, "do less")
    with budget:
        count_work(60.0)
    count_work(1000.0)  # outside nothing is bounded
    with pytest.raises(WorkError, match="more than 100 multiplications; do less"), budget:
        count_work(41.0)


def test_as_much_as_is_allowed_may_be_taken() -> None:
    with WorkBudget(100.0, "") as budget:
        budget.take(100.0)


def test_an_inner_budget_counts_alone_and_the_outer_one_goes_on() -> None:
    with WorkBudget(10.0, ""):
        with WorkBudget(1000.0, ""):
            count_work(500.0)
        count_work(10.0)
        with pytest.raises(PerceptionError):
            count_work(1.0)
