"""Papers as text: `documents/<id>/v<N>/` with the source, `document.md`, `sections.json` and `report.json`. By fetcher.

A cache: everything here can be fetched again. The report is written last, so that a folder without it does not count.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from pydantic import AwareDatetime, BaseModel, ConfigDict

from shared.contracts import DocumentReply, DocumentStatus
from shared.paper_ids import folder_name
from shared.store.files.data_folder import DataFolder
from shared.store.files.file_stamps import stamp_of
from shared.text.safe.safe_markdown import safe_markdown

PICTURE_NAME = re.compile(r"^figure-[0-9]{1,4}-[0-9]{1,3}\.webp$")


class Section(BaseModel):
    """A section of a paper; `level` 1 is the highest, `text` is Markdown without the heading."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    title: str
    level: int
    text: str


class Reference(BaseModel):
    """One entry of the bibliography, with the identifiers found in it; `key` is what the text cites it by."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    text: str
    arxiv_id: str | None = None
    doi: str | None = None
    key: str = ""


class Caption(BaseModel):
    """What stands under a figure or above a table, as plain text; `kind` is figure, table, algorithm or listing.

    `labels` are what the text refers to it by, `files` the pictures of the figure as the source names them.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: str
    number: int
    text: str
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


class Picture(BaseModel):
    """A picture of a figure, made anew and stored beside the document as `file`; `width` and `height` are in pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: int
    file: str
    width: int
    height: int


class DocumentRecord(BaseModel):
    """What became of a paper's source, and how good the text is.

    `asked_version` is what the metadata took for the newest version then; arXiv's own word on its files is `version`.
    `submission` is what the authors sent: `tex`, `pdf` or `html`; None where there was nothing to be read. `untried`
    are the routes that arXiv did not answer for, `html` or `pdf`: they may be better, and are asked again later.
    A version that `was_named` by who asked for it need not be the newest.
    `page_starts` are the characters of the text at which the pages of a PDF begin, where they were found.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    paper_id: str
    version: int
    status: DocumentStatus
    route: str | None = None
    grade: str | None = None
    detail: str = ""
    tried: tuple[str, ...] = ()
    words: int = 0
    word_share: float | None = None
    stray_commands_per_1000_words: float | None = None
    unbalanced_math: int = 0
    formulas: int = 0
    submission: str | None = None
    captions: tuple[Caption, ...] = ()
    pictures: tuple[Picture, ...] = ()
    references: tuple[Reference, ...] = ()
    page_starts: tuple[int, ...] = ()
    asked_version: int | None = None
    untried: tuple[str, ...] = ()
    was_named: bool = False
    made_at: AwareDatetime


def safe_section(section: Section) -> Section:
    return section.model_copy(update={"title": safe_markdown(section.title), "text": safe_markdown(section.text)})


def safe_reference(reference: Reference) -> Reference:
    return reference.model_copy(update={"text": safe_markdown(reference.text)})


def safe_caption(caption: Caption) -> Caption:
    return caption.model_copy(update={"text": safe_markdown(caption.text)})


class DocumentStore:
    """The folder of documents. What is read is safe to show, also where it was stored before that was looked at."""

    def __init__(self, data: DataFolder) -> None:
        self._data = data

    def folder(self, paper_id: str, version: int) -> Path:
        return self._data.path("documents", folder_name(paper_id), f"v{version}")

    def put(
        self,
        record: DocumentRecord,
        markdown: str,
        sections: list[Section],
        pictures: Mapping[str, bytes] = MappingProxyType({}),
    ) -> None:
        """Store a document, its pictures by the names in its report, and the report, the report last."""
        folder = self.folder(record.paper_id, record.version)
        with self._data.lock("documents"):
            for name, content in pictures.items():
                self._data.write_bytes(folder / name, content)
            self._data.write_text(folder / "document.md", markdown)
            listed = [section.model_dump() for section in sections]
            self._data.write_text(folder / "sections.json", json.dumps(listed, ensure_ascii=False, indent=1) + "\n")
            self._data.write_text(folder / "report.json", record.model_dump_json(indent=1) + "\n")

    def record(self, paper_id: str, version: int | None = None) -> DocumentRecord | None:
        """The report of a version (None: the newest there is); None where there is none that can be read."""
        version = version or self._newest(paper_id)
        if version is None:
            return None
        try:
            content = (self.folder(paper_id, version) / "report.json").read_text("utf-8")
            return _safe(DocumentRecord.model_validate_json(content))
        except (FileNotFoundError, ValueError):
            return None

    def markdown(self, paper_id: str, version: int) -> str:
        return safe_markdown((self.folder(paper_id, version) / "document.md").read_text("utf-8"))

    def sections(self, paper_id: str, version: int) -> list[Section]:
        content = json.loads((self.folder(paper_id, version) / "sections.json").read_text("utf-8"))
        return [safe_section(Section.model_validate(item)) for item in content]

    def reply(self, record: DocumentRecord) -> DocumentReply:
        """What a request for this document is answered with."""
        folder = self.folder(record.paper_id, record.version).relative_to(self._data.root)
        facts = record.model_dump(include={"paper_id", "version", "status", "route", "grade", "detail"})
        return DocumentReply.model_validate({**facts, "folder": str(folder) if record.status == "converted" else None})

    def stamp(self, paper_id: str, version: int) -> str:
        """Another one whenever the text or its report was written again; empty where there is no text."""
        folder = self.folder(paper_id, version)
        stamps = [stamp_of(folder / name, absent=OSError) for name in ("document.md", "report.json")]
        return " ".join(map(str, stamps)) if all(stamps) else ""

    def picture(self, paper_id: str, version: int, file: str) -> bytes | None:
        """The bytes of a picture; None where it is not stored."""
        if not PICTURE_NAME.fullmatch(file):
            return None
        try:
            return (self.folder(paper_id, version) / file).read_bytes()
        except OSError:
            return None

    def versions(self, paper_id: str) -> list[int]:
        """The versions that have a report, oldest first."""
        folders = self._data.path("documents", folder_name(paper_id)).glob("v[1-9]*")
        names = (folder.name[1:] for folder in folders if (folder / "report.json").exists())
        return sorted(int(name) for name in names if name.isascii() and name.isdigit())

    def _newest(self, paper_id: str) -> int | None:
        return max(self.versions(paper_id), default=None)


def _safe(record: DocumentRecord) -> DocumentRecord:
    captions = tuple(safe_caption(caption) for caption in record.captions)
    references = tuple(safe_reference(reference) for reference in record.references)
    return record.model_copy(update={"captions": captions, "references": references})
