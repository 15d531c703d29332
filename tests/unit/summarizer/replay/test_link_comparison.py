"""Links before and after in figures and words."""

from services.summarizer.replay.link_comparison import compared, report_of
from shared.store.papers.links import Link
from shared.store.papers.summaries import Quote

FIRST, SECOND, THIRD = "2610.00001", "2610.00002", "2610.00003"


def link(other: str, kind: str = "similar", *, is_quoted: bool = False) -> Link:
    quote = Quote(text="words") if is_quoted else None
    return Link(paper_id=FIRST, other_id=other, type=kind, score=0.5, quote=quote, other_quote=quote)


def test_links_are_told_by_type_and_by_what_ratings_say_of_them() -> None:
    before, after = [link(SECOND), link(SECOND, "cites")], [link(SECOND, is_quoted=True), link(THIRD)]
    found = compared([(before, after), ([], [])])
    assert (found.papers, found.unchanged) == (2, 1)
    report = report_of(found, {FIRST: "like", SECOND: "like", THIRD: "dislike"}, {}, 0, [])
    assert report.lines == (
        "Linked again: 2 papers. With the same links: 1.",
        "  cites: 1 before, 0 after (0 gained, 1 lost); with a sentence of both papers: 0% before, none after.",
        "  similar: 1 before, 2 after (1 gained, 0 lost); with a sentence of both papers: 0% before, 50% after.",
        "Of links between papers that you rated, gained: 0 join two rated alike, 1 not; "
        "lost: 1 join two rated alike, 0 not.",
        "Gained: 2610.00001 similar 2610.00003.",
        "Lost: 2610.00001 cites 2610.00002.",
    )
    assert report.figures["types"] == {
        "similar": {"before": 1, "after": 2, "gained": 1, "lost": 0, "quoted_before": 0, "quoted_after": 1},
        "cites": {"before": 1, "after": 0, "gained": 0, "lost": 1, "quoted_before": 0, "quoted_after": 0},
    }
