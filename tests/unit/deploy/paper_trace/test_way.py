"""The order of a paper's steps, and where it stands by them."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deploy.paper_trace.way import Stage, Step, in_order, standing_of

START = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def steps(*stages: Stage, what: str = "") -> list[Step]:
    return [Step(stage=stage, what=what, at=START + timedelta(minutes=place)) for place, stage in enumerate(stages)]


def test_steps_come_by_time_and_those_of_a_moment_by_their_stage() -> None:
    day = Step(stage="announced", what="", day=date(2026, 11, 20))
    shuffled = [Step(stage="summary", what="", at=START), Step(stage="tags", what="", at=START), day]
    assert [step.stage for step in in_order(shuffled)] == ["announced", "tags", "summary"]


@pytest.mark.parametrize(
    ("stages", "what", "sentence"),
    [
        ((), "", "never harvested"),
        (("harvested",), "", "waits for its vector"),
        (("harvested", "embedded"), "", "in no selection of this person"),
        (("harvested", "embedded", "ranked"), "not picked, below quota", "was not picked"),
        (("harvested", "embedded", "ranked"), "picked (top)", "waits for its summary"),
        (("harvested", "ranked", "summary"), "picked (top)", "not published yet"),
        (("harvested", "ranked", "summary", "published"), "", "has a summary."),
        (("harvested", "ranked", "failed"), "picked (top)", "A job failed"),
        (("harvested", "failed", "summary", "published"), "", "has a summary."),
    ],
)
def test_where_a_paper_stands_is_one_sentence(stages: tuple[Stage, ...], what: str, sentence: str) -> None:
    assert sentence in standing_of(steps(*stages, what=what), "2403.12345")
