"""Reading lists: lines of people who are users here, the files that they name, and texts of papers that are ready."""

from pathlib import Path

from deploy.verifying.lines import read_lines
from deploy.verifying.premises import Premises
from shared.contracts import ListedPaper
from shared.paper_ids import is_local
from shared.store.files.file_names import file_name
from shared.store.keeping.findings import RESTORE, Findings, counted, some
from shared.store.papers.documents import DocumentStore
from shared.store.research.reading_list import DATASET, ReadingListStore, parse_line

_MEND = "mend or remove the line, or restore the file from a backup"
_ADD_USER = "add the user with `papersys users add`, or move the file away"
_AGAIN = "the summarizer has them fetched again when it starts"


def verify_reading_lists(premises: Premises, findings: Findings) -> None:
    """Look at every list. Metadata of listed papers come when they are fetched, so none are missed here."""
    for path in sorted(premises.data.path(DATASET).glob("*.jsonl")):
        place, seen, textless = premises.place(path), dict[str, int](), list[str]()
        for line in read_lines(path):
            paper, problem = _parsed(path, line.text, line.problem)
            if paper is None:
                findings.damage(place, problem, _MEND, line=line.number)
                continue
            if seen.setdefault(paper.paper_id, line.number) != line.number:
                text = f"says again of {paper.paper_id} what line {seen[paper.paper_id]} says"
                findings.damage(place, text, _MEND, line=line.number)
            _verify_paper(premises, findings, place, paper, line.number)
            textless += [paper.paper_id] if _lacks_text(premises, paper) else []
        if textless:
            findings.gap(place, f"{counted(len(textless), 'paper')} without a text ({some(textless)})", _AGAIN)


def _parsed(path: Path, text: str, problem: str) -> tuple[ListedPaper | None, str]:
    if problem:
        return None, problem
    try:
        paper = parse_line(text)
    except (ValueError, RecursionError) as error:
        return None, f"cannot be read: {str(error).splitlines()[0]}"
    if file_name(paper.user) != path.stem:
        return None, f"is of {paper.user!r}, whose list is another file"
    return paper, ""


def _verify_paper(premises: Premises, findings: Findings, place: str, paper: ListedPaper, line: int) -> None:
    if paper.user not in premises.users:
        findings.damage(place, f"is of {paper.user!r}, who is no user here", _ADD_USER, line=line)
    if premises.is_to_come(paper.added_at) or premises.is_to_come(paper.changed_at):
        findings.damage(place, "is of a time to come", _MEND, line=line)
    if is_local(paper.paper_id) and ReadingListStore(premises.data).file_of(paper.paper_id) is None:
        text = f"names {paper.file_name or paper.paper_id}, whose file is missing"
        findings.damage(place, text, f"add the file again, or {RESTORE}", line=line)


def _lacks_text(premises: Premises, paper: ListedPaper) -> bool:
    if paper.is_removed or paper.state != "ready" or paper.version is None:
        return False
    return not DocumentStore(premises.data).stamp(paper.paper_id, paper.version)
