"""What a text is read as, short enough to compare."""

from shared.text.rating_files.reading import read_rating_text

Short = tuple[int, str | None, str]


def rows_of(text: str) -> list[Short]:
    """Of each row its line, its rating, and its id, damaged id or title."""
    rows = read_rating_text(text, "file").rows
    return [(row.line, row.said, row.paper_id or row.damaged_id or row.title) for row in rows]


def problems_of(text: str) -> list[str]:
    return [str(problem) for problem in read_rating_text(text, "file").problems]
