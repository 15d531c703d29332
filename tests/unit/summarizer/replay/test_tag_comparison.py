"""Tags before and after in figures and words."""

from services.summarizer.replay.tag_comparison import TagsOfPaper, calls_in_words, compared, report_of
from shared.store.models.ledger import Call
from tests.support.papers.summarizer import WHEN

PAPERS = [
    TagsOfPaper("2610.00001", ("graphs", "trees"), ("graphs", "disks")),
    TagsOfPaper("2610.00002", ("graphs",), ("graphs",)),
    TagsOfPaper("2610.00003", (), ("disks",)),
]
CALL = Call(
    made_at=WHEN, service="s", purpose="tag", model="m", input_tokens=100, output_tokens=5, cost=None, seconds=2
)


def test_gained_and_lost_tags_are_counted_by_papers() -> None:
    found = compared(PAPERS)
    assert (found.papers, [one.paper_id for one in found.changed]) == (3, ["2610.00001", "2610.00003"])
    assert (dict(found.gained), dict(found.lost)) == ({"disks": 2}, {"trees": 1})
    assert (found.without_before, found.without_after) == (1, 0)


def test_the_report_says_which_and_names_tags_by_their_labels() -> None:
    report = report_of(compared(PAPERS), {"disks": "cheap disks"}, {"2610.00004": "gone."}, 1, [CALL])
    assert report.lines == (
        "Tagged again: 3 papers; left: 1 paper. The same tags: 1, other tags: 2.",
        "Tags a paper: 1.0 before, 1.3 after; without any: 1 before, 0 after.",
        "Different tags: 2 before, 2 after; with one paper only: 1 before, 0 after.",
        "Gained, with papers: cheap disks 2.",
        "Lost, with papers: trees 1.",
        "  2610.00001: + cheap disks, - trees",
        "  2610.00003: + cheap disks",
        "Calls to the model: 1, 100 tokens in and 5 out; cost 0.0000, 1 calls at an unknown price; 2 s.",
        "Not tagged again: 1 paper, 2610.00004 (gone).",
    )
    assert report.figures["gained"] == {"disks": 2}
    assert calls_in_words([]) == []
