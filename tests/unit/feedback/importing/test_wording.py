"""The report in words."""

from pathlib import Path

from services.feedback.importing.wording import lines_of
from tests.unit.feedback.importing.rows import FIRST, ImportFolder


def test_the_report_reads_aloud(tmp_path: Path) -> None:
    folder = ImportFolder(tmp_path, FIRST)
    text = f"id,preference\n{FIRST},like\n2410.1285,dislike\n2403.00001,neutral\nfoo,like\n{FIRST},like\n"
    assert list(lines_of(folder.plan(text).report)) == [
        "1.csv: CSV, 4 rows.",
        "",
        "To import: 1 like, 0 dislikes, 1 neutral, kept as skipped.",
        "The same twice in these files: 1 row.",
        "",
        "Ids that lost zeros and are not stored: each counts once arXiv says that it exists (1):",
        "  1.csv, line 3: 2410.1285 may be 2410.12850, which is not stored",
        "",
        "Not read, or not as it stands (1):",
        "  1.csv, line 5: 'foo like' names no arXiv paper, and no title",
    ]


def test_rows_without_a_rating_are_said_to_be_taken_as_likes(tmp_path: Path) -> None:
    lines = list(lines_of(ImportFolder(tmp_path, FIRST).plan(f"id,score\n{FIRST},0.1\n").report))
    assert "1 row without a rating in the file, taken as likes (or: --as dislike)." in lines
