"""How summaries that were made again are said to differ."""

from datetime import UTC, datetime

from services.summarizer.replay.comparison import changes_of, compared, report_of
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Summary, Usage, Verification


def field(name: str, *texts: str) -> FieldValue:
    return FieldValue(name=name, claims=tuple(Claim(text=text) for text in texts))


def summary(found: int, cost: float | None, *fields: FieldValue) -> Summary:
    return Summary(
        paper_id="2611.00001",
        version=1,
        mode="llm",
        fields=fields,
        verification=Verification(claims=4, weak=1, quotes=4, found=found),
        usage=Usage(calls=1, input_tokens=100, output_tokens=10, cost=cost),
        made_at=datetime(2026, 11, 2, tzinfo=UTC),
        made_by=MadeBy(event_id="e", model="m"),
    )


def test_each_field_is_the_same_changed_filled_emptied_added_or_removed() -> None:
    before = [field("same", "a"), field("changed", "a"), field("filled"), field("emptied", "a"), field("gone", "a")]
    after = [field("same", "a"), field("changed", "b"), field("filled", "a"), field("emptied"), field("new", "a")]
    assert changes_of(before, after) == {
        "same": "same",
        "changed": "changed",
        "filled": "filled",
        "emptied": "emptied",
        "gone": "removed",
        "new": "added",
    }


def test_shares_costs_and_failures_are_said() -> None:
    pairs = [(summary(2, None, field("method")), summary(4, 0.5, field("method", "a")))]
    report = report_of(compared(pairs), {"2611.00009": "its text is gone."}, 3, 61.0)
    text = "\n".join(report.lines)
    for words in (
        "Summarised again: 1 paper; left: 3 papers.",
        "method: 1 filled",
        "50.0% of 4 before, 100.0% of 4 after",
        "Cost: 0.0000 and 1 paper at an unknown price before, 0.5000 after.",
        "Not summarised again: 1 paper, 2611.00009 (its text is gone).",
    ):
        assert words in text
