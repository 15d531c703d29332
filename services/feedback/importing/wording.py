"""The report of an import in words, for the command line."""

from collections.abc import Iterator

from shared.contracts.people.importing import ImportReport, Notes

_SHOWN = 20


def lines_of(report: ImportReport) -> Iterator[str]:
    """What was read, what is stored, what changes nothing, and what a person should look at."""
    for file in report.files:
        yield f"{file.name}: {file.form}, {_count(file.rows, 'row')}."
    yield ""
    yield _stored(report)
    if report.unrated:
        other = "like" if report.lists_are == "dislike" else "dislike"
        rows = _count(report.unrated, "row")
        yield f"{rows} without a rating in the file, taken as {report.lists_are}s (or: --as {other})."
    yield from _unchanged(report)
    if report.to_look_up:
        papers = _count(report.to_look_up, "paper")
        yield f"{papers} never harvested: looked up at arXiv while papersys runs, about 3 s each."
    yield from _lists(report)
    yield from _offers(report)


def _stored(report: ImportReport) -> str:
    verb = "Imported" if report.is_done else "To import"
    parts = [_count(report.likes, "like"), _count(report.dislikes, "dislike")]
    parts += [_count(report.removals, "removed rating")] if report.removals else []
    parts += [f"{report.skips} neutral, kept as skipped"] if report.skips else []
    return f"{verb}: {', '.join(parts) if report.stored or report.skips else 'nothing'}."


def _unchanged(report: ImportReport) -> Iterator[str]:
    known = (
        (report.agreeing, "As you rated them here already"),
        (report.earlier, "Older than your present rating, which stays"),
        (report.repeated, "Imported before"),
        (report.doubled, "The same twice in these files"),
        (report.neutral_but_rated, "Neutral, where your rating stays"),
        (report.without_rating, "Without a rating (unknown)"),
    )
    for number, what in known:
        if number:
            yield f"{what}: {_count(number, 'row')}."


def _lists(report: ImportReport) -> Iterator[str]:
    lists = (
        (report.repaired, "Repaired ids that had lost zeros as numbers"),
        (report.waiting, "Ids that lost zeros and are not stored: each counts once arXiv says that it exists"),
        (report.changed, "Replacing your rating"),
        (report.kept, "Not replacing your rating (--keep-mine)"),
        (report.conflicting, "Contradictions in these files; the newest word counts"),
        (report.not_found, "No paper found"),
        (report.unreadable, "Not read, or not as it stands"),
    )
    for notes, title in lists:
        yield from _list(notes, title)


def _list(notes: Notes, title: str) -> Iterator[str]:
    if not notes.total:
        return
    yield ""
    yield f"{title} ({notes.total}):"
    for note in notes.first[:_SHOWN]:
        paper = f"{note.paper_id}: " if note.paper_id and note.paper_id not in note.text else ""
        yield f"  {note.file}, line {note.line}: {paper}{note.text}"
    if notes.total > _SHOWN:
        yield f"  ... and {notes.total - _SHOWN} more (--json lists up to 200)"


def _offers(report: ImportReport) -> Iterator[str]:
    if not report.offered:
        return
    yield ""
    yield f"Rows that may mean one of several papers, or only a similar one ({report.offered}); choose yourself:"
    for offer in report.offers[:_SHOWN]:
        yield f"  {offer.file}, line {offer.line}: {offer.wanted}"
        for paper in offer.papers:
            yield f"    papersys {offer.label} {paper.paper_id}   {paper.title}"
    if report.offered > _SHOWN:
        yield f"  ... and {report.offered - _SHOWN} more (--json lists up to 200)"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
