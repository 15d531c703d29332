"""What a person names to be added: ids and addresses of arXiv, bibliographies, files of their own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from shared.errors import PapersysError
from shared.paper_ids import is_local, parse_versioned_id
from shared.text.rating_files.rated_rows import RatedRow
from shared.text.rating_files.reading import read_rating_file
from shared.text.safe.plain_text import shortened

BIBLIOGRAPHIES = (".bib", ".ris", ".txt", ".csv", ".json")
_MOST_TITLE_CHARACTERS = 80


@dataclass
class WantedPapers:
    """Papers with the versions that were named, files, texts that name nothing, and entries that are not of arXiv."""

    paper_ids: dict[str, None] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    files: list[Path] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    passed_over: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.paper_ids and not self.files


def read_wanted(texts: Iterable[str]) -> WantedPapers:
    """What each text names; one that names nothing is a problem, and the others stand."""
    wanted = WantedPapers()
    for text in texts:
        try:
            _add(wanted, text)
        except (ValueError, PapersysError) as error:
            wanted.problems[text] = str(error)
    return wanted


def _add(wanted: WantedPapers, text: str) -> None:
    path = Path(text)
    if path.is_file() and path.suffix.lower() in BIBLIOGRAPHIES:
        _add_bibliography(wanted, path)
    elif path.is_file():
        wanted.files.append(path.absolute())
    elif is_local(text):
        wanted.paper_ids[text] = None
    else:
        _add_id(wanted, text)


def _add_id(wanted: WantedPapers, text: str) -> None:
    try:
        paper_id, version = parse_versioned_id(text)
    except ValueError as error:
        raise ValueError(f"{error}, and there is no such file") from error
    wanted.paper_ids[paper_id] = None
    if version is not None:
        wanted.versions[paper_id] = version


def _add_bibliography(wanted: WantedPapers, path: Path) -> None:
    """Raises PapersysError for a file without any paper of arXiv."""
    read = read_rating_file(path)
    paper_ids = [row.paper_id for row in read.rows if row.paper_id]
    wanted.paper_ids |= dict.fromkeys(paper_ids)
    wanted.passed_over += [f"{path.name}, {problem}" for problem in read.problems]
    wanted.passed_over += [f"{path.name}, line {row.line}: {_left_out(row)}" for row in read.rows if not row.paper_id]
    if not paper_ids:
        raise PapersysError(f"{path} names no paper of arXiv.")


def _left_out(row: RatedRow) -> str:
    if row.damaged_id:
        return f"{row.damaged_id} lacks digits of an arXiv id"
    return f"no arXiv id (“{shortened(row.title, _MOST_TITLE_CHARACTERS)}”)" if row.title else "no arXiv id"
