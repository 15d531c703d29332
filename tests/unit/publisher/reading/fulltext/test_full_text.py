"""A text is opened with its footnotes, references and pointers in order."""

from services.publisher.reading.fulltext.full_text import open_text
from shared.store.papers.documents import Caption, DocumentRecord, Reference
from tests.support.folders.seed import GRAPHS, NOON

MARKDOWN = """\
# Title

## 1 Start

See [^b] and [^a], Figure [fig:x], [@smith].

**Figure 1.** A picture.

[^a]: First defined.

[^b]: First used.

[^c]: Never used.

## References

1. A. Smith.
"""


def record(**facts: object) -> DocumentRecord:
    plain = {"paper_id": GRAPHS, "version": 1, "status": "converted", "made_at": NOON}
    return DocumentRecord.model_validate({**plain, **facts})


def test_footnotes_are_numbered_as_the_text_comes_to_them() -> None:
    text = open_text(MARKDOWN, record(), "/p")
    assert [note.words.strip() for note in text.notes] == ["First used.", "First defined.", "Never used."]
    assert [number for number, _ in text.notes_of(1)] == [1, 2, 3]


def test_the_list_of_references_gives_way_to_the_references_of_the_report() -> None:
    captions = (Caption(kind="figure", number=1, text="", labels=("fig:x",)),)
    text = open_text(MARKDOWN, record(references=(Reference(text="A. Smith.", key="smith"),), captions=captions), "/p")
    assert [heading.text for heading in text.headings] == ["1 Start"]
    assert text.targets.references == {"smith": 1}
    assert text.targets.labels == {"fig:x": ("figure-1", "1")}


def test_without_references_in_the_report_those_of_the_text_stay() -> None:
    text = open_text(MARKDOWN, record(), "/p")
    assert [heading.text for heading in text.headings] == ["1 Start", "References"]
    assert text.references == ()


def test_an_empty_text_can_be_opened() -> None:
    text = open_text("", None, "/p")
    assert text.part_of(0) == 1
    assert text.notes_of(1) == []
