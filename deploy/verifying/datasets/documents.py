"""Documents: each report of the paper and version whose folder it lies in, and everything there that it names."""

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from deploy.verifying.lines import read_records
from deploy.verifying.premises import Premises
from shared.paper_ids import folder_name, is_local
from shared.store.keeping.findings import Findings
from shared.store.papers.documents import DocumentRecord, Section
from shared.store.papers.summaries import Quote, Summary

_SECTIONS = TypeAdapter(list[Section])
_AGAIN = "remove the folder: the document is fetched again when it is needed"
_WEBP = b"RIFF"


def verify_documents(premises: Premises, findings: Findings) -> None:
    """Look at every report; looking deep, at every text, and whether the quotes of summaries stand in it."""
    papers: set[str] = set()
    for report in sorted(premises.data.path("documents").glob("*/v*/report.json")):
        record = _record(premises, findings, report)
        if record is not None:
            if not is_local(record.paper_id):
                papers.add(record.paper_id)
            _verify_folder(premises, findings, report.parent, record)
    premises.note_unknown_papers(findings, "documents", "paper with a document", papers)
    if premises.deep:
        _verify_quotes(premises, findings)


def _record(premises: Premises, findings: Findings, report: Path) -> DocumentRecord | None:
    try:
        return DocumentRecord.model_validate_json(report.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        findings.damage(premises.place(report), f"cannot be read: {str(error).splitlines()[0]}", _AGAIN)
        return None


def _verify_folder(premises: Premises, findings: Findings, folder: Path, record: DocumentRecord) -> None:
    place, own = premises.place(folder), (folder.parent.name, folder.name)
    if own != (folder_name(record.paper_id), f"v{record.version}"):
        findings.damage(place, f"holds the report of {record.paper_id}, version {record.version}", _AGAIN)
    if premises.is_to_come(record.made_at):
        findings.damage(place, "is of a time to come", _AGAIN)
    named = ["document.md", "sections.json"] if record.status == "converted" else []
    for name in (*named, *(picture.file for picture in record.pictures)):
        problem = _problem(folder / name, deep=premises.deep)
        if problem:
            findings.damage(f"{place}/{name}", problem, _AGAIN)


def _problem(path: Path, *, deep: bool) -> str:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if deep else b""
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read: {error}"
    if not size:
        return "is empty"
    return _content_problem(path, content) if deep else ""


def _content_problem(path: Path, content: bytes) -> str:
    if path.suffix == ".webp":
        is_whole = content.startswith(_WEBP) and int.from_bytes(content[4:8], "little") + 8 == len(content)
        return "" if is_whole else "is no whole picture"
    try:
        if path.suffix == ".json":
            _SECTIONS.validate_python(json.loads(content))
        else:
            content.decode("utf-8")
    except ValueError as error:
        return f"cannot be read: {str(error).splitlines()[0]}"
    return ""


def _verify_quotes(premises: Premises, findings: Findings) -> None:
    """A quote that was found at a place of a document lies within it, as long as that version is kept."""
    for summary in _summaries(premises):
        path = _document_of(premises, summary)
        length = _length(path)
        beyond = [quote for quote in _quotes(summary) if quote.end is not None and length and quote.end > length]
        if beyond:
            text = f"is shorter than when {summary.paper_id} was summarised: a quote stood at character {beyond[0].end}"
            findings.damage(premises.place(path), text, _AGAIN)


def _summaries(premises: Premises) -> Iterator[Summary]:
    for path in sorted(premises.data.path("summaries").glob("????-??.jsonl")):
        yield from (line.record for line in read_records(path, Summary) if line.record is not None)


def _document_of(premises: Premises, summary: Summary) -> Path:
    version = summary.made_by.document_version or summary.version
    return premises.data.path("documents", folder_name(summary.paper_id), f"v{version}", "document.md")


def _length(path: Path) -> int:
    """Characters of a document; 0 where it cannot be read, which is said elsewhere."""
    try:
        return len(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        return 0


def _quotes(summary: Summary) -> list[Quote]:
    return [quote for field in summary.fields for claim in field.claims for quote in claim.quotes]
