"""Months of metadata: every row readable, of its month, there once, in order, and of no time to come."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from deploy.verifying.known_papers import ids_in, is_paper_id
from deploy.verifying.premises import LOOKUP, MONTH_NAME, Premises
from shared.errors import PapersysError
from shared.paper_ids import month_of
from shared.store.files.csv_lines import latest_moment
from shared.store.keeping.findings import RESTORE, Findings, counted, some
from shared.store.papers.month_rows import decode_readable, name_of, read_rows
from shared.store.papers.rows import EARLIER_HEADER, END, HEADER, Paper, cut_rows

_FETCH = f"{RESTORE}, or fetch its papers again with `papersys fetch --audit`"
_TWICE = "remove one of the two rows"


def verify_metadata(premises: Premises, findings: Findings) -> None:
    """Look at every month, and at the rows that were set aside."""
    folder = premises.data.path("metadata")
    for path in sorted(folder.glob("*.csv")):
        if MONTH_NAME.fullmatch(path.stem):
            _verify_month(premises, findings, path)
    for path in sorted(folder.glob("unreadable/*.csv")):
        _verify_set_aside(premises, findings, path)


def _verify_month(premises: Premises, findings: Findings, path: Path) -> None:
    place = premises.place(path)
    if premises.is_month_to_come(path.stem):
        findings.damage(place, "is of a month that has not begun", "move it away; a clock was wrong when it was made")
    try:
        month = read_rows(path)
        is_cut = _is_cut(path)
    except FileNotFoundError:
        return
    except (OSError, PapersysError) as error:
        findings.damage(place, f"cannot be read: {error}", _FETCH)
        return
    if is_cut:
        findings.damage(place, "is cut: the end of its last row is missing", _FETCH)
    _verify_ids(findings, place, path)
    papers = decode_readable(month) if premises.deep else []
    for row in month.unreadable:
        findings.damage(place, f"a row cannot be read: {name_of(row)}", _FETCH)
    _verify_papers(findings, place, papers, latest_moment(path))


def _is_cut(path: Path) -> bool:
    with path.open("rb") as file:
        is_ours = file.read(len(HEADER)).startswith((HEADER, EARLIER_HEADER))
        file.seek(-min(len(END), path.stat().st_size), 2)
        return is_ours and file.read() != END


def _verify_ids(findings: Findings, place: str, path: Path) -> None:
    ids = [paper_id.decode() for paper_id in ids_in(path)]
    bad = [paper_id for paper_id in ids if not is_paper_id(paper_id)]
    if bad:
        findings.damage(place, f"{counted(len(bad), 'id')} that arXiv does not have ({some(bad)}); was a zero lost?")
    elsewhere = [paper_id for paper_id in ids if paper_id not in bad and month_of(paper_id) != path.stem]
    if elsewhere:
        text = f"{counted(len(elsewhere), 'paper')} of another month ({some(elsewhere)}), where nobody looks for them"
        findings.damage(place, text, "move the rows into the files of their months")
    doubled = [paper_id for paper_id, count in Counter(ids).items() if count > 1]
    if doubled:
        findings.damage(place, f"{counted(len(doubled), 'paper')} twice ({some(doubled)})", _TWICE)
    elif ids != sorted(ids):
        findings.note(place, "its rows are not sorted by id", "the next writing of the month sorts them")


def _verify_papers(findings: Findings, place: str, papers: Iterable[Paper], latest: datetime) -> None:
    for problem, ids in _odd_papers(papers, latest).items():
        findings.damage(place, f"{counted(len(ids), 'paper')} {problem} ({some(ids)})", _FETCH)


def _odd_papers(papers: Iterable[Paper], latest: datetime) -> dict[str, list[str]]:
    odd: dict[str, list[str]] = {}
    for paper in papers:
        for problem in _oddities(paper, latest):
            odd.setdefault(problem, []).append(paper.paper_id)
    return odd


def _oddities(paper: Paper, latest: datetime) -> Iterator[str]:
    times = (paper.published_at, paper.updated_at, paper.harvested_at, paper.version_at)
    if any(_utc(time) > latest for time in times if time is not None):
        yield "with a time that lies in the future of the file"
    if paper.version < 1:
        yield "with a version below 1"
    if not paper.title.strip():
        yield "without a title"
    if "\N{REPLACEMENT CHARACTER}" in paper.paper_id + paper.primary_category:
        yield "with spoilt characters"


def _verify_set_aside(premises: Premises, findings: Findings, path: Path) -> None:
    """Rows that could not be read once; they matter as long as their papers are not there again."""
    rows = dict(cut_rows(path.read_bytes()))
    lost = premises.papers.missing(filter(is_paper_id, rows))
    if lost:
        text = f"{counted(len(lost), 'row')} that could not be read, whose papers are missing ({some(lost)})"
        findings.gap(premises.place(path), text, "`papersys reconcile` has arXiv asked for them", LOOKUP, lost)


def _utc(time: datetime) -> datetime:
    return time if time.tzinfo else time.replace(tzinfo=UTC)
