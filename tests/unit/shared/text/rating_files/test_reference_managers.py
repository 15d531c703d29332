"""BibTeX and RIS."""

from shared.text.rating_files.reading import read_rating_text
from tests.unit.shared.text.rating_files.rows import problems_of, rows_of

BIB = """% mine
@article{a, title={On {Graphs}}, eprint={2403.12345}, archiveprefix={arXiv}, timestamp={2021-02-03}}
@book{b, title={{Old} w{\\"i}sdom}}
@misc{c, note={no title}}
@misc{d, title={Spoilt}, eprint={2410.1285}}
@misc{e, title={Mine}, eprint={2403.12346}, annote={papersys: dislike at 2024-03-05T12:00:00+00:00}}
"""
RIS = (
    "TY  - JOUR\r\nTI  - On graphs\r\nUR  - http://arxiv.org/abs/2403.12345\r\nY2  - 2024/03/05/12:00:00\r\nER  - \r\n"
    "TY  - JOUR\r\nTI  - Without an end\r\nDO  - 10.48550/arXiv.2403.12346\r\n"
    "TY  - JOUR\r\nT1  - A title that goes\r\n  on\r\n"
    "N1  - papersys: dislike at 2024-03-05T12:00:00+00:00\r\nER  - \r\n"
    "TY  - JOUR\r\nAU  - Nobody\r\nER  - "
)


def test_bibtex_entries_are_papers_by_id_or_title() -> None:
    assert rows_of(BIB) == [
        (2, None, "2403.12345"),
        (3, None, "Old wïsdom"),
        (5, None, "2410.1285"),
        (6, "dislike", "2403.12346"),
    ]
    assert [problem.split(":")[0] for problem in problems_of(BIB)] == ["line 4"]


def test_ris_records_end_with_their_mark_or_with_the_next() -> None:
    assert rows_of(RIS) == [
        (1, None, "2403.12345"),
        (6, None, "2403.12346"),
        (9, "dislike", "A title that goes on"),
    ]
    assert problems_of(RIS) == ["line 14: it is empty"]


def test_when_an_entry_was_added_is_when_it_was_liked() -> None:
    times = [row.rated_at for text in (BIB, RIS) for row in read_rating_text(text, "file").rows]
    assert [moment and f"{moment:%Y-%m-%d %H}" for moment in times] == [
        "2021-02-03 00", None, None, "2024-03-05 12", "2024-03-05 12", None, "2024-03-05 12",
    ]  # fmt: skip
