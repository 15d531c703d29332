"""Sources as arXiv hands them out: tar.gz, one gzipped TeX file, a PDF, or the page that says there is none."""

import gzip
import io
import random
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from deploy.demo.papers.paper import Paper, parse_paper_id
from deploy.demo.papers.pdf import write_pdf
from deploy.demo.papers.sketch import sketch_latex, sketch_text

# A folder with this file alone is a submission made as PDF; the file holds its text.
PDF_TEXT = "paper.pdf.txt"
_ENDINGS = (".withdrawn.gz", ".tar.gz", ".gz", ".pdf")


class Answer(NamedTuple):
    body: bytes
    media_type: str
    encoding: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class Eprint:
    """One e-print: either a folder of files that is packed when asked for, or a file served as it is."""

    paper_id: str
    path: Path
    version: int = 1

    @property
    def is_withdrawn(self) -> bool:
        return self.path.name.endswith(".withdrawn.gz")

    @property
    def is_packed(self) -> bool:
        return self.path.is_file()

    @cached_property
    def files(self) -> dict[str, bytes]:
        """The files of the e-print by name; a packed one that is no tar archive is one file."""
        if not self.is_packed:
            paths = sorted(path for path in self.path.rglob("*") if path.is_file())
            return {path.relative_to(self.path).as_posix(): path.read_bytes() for path in paths}
        data = self.path.read_bytes()
        if self.path.name.endswith(".tar.gz"):
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                members = [(member.name, archive.extractfile(member)) for member in archive if member.isfile()]
                return {name: reader.read() for name, reader in members if reader}
        if self.path.suffix == ".gz":
            return {f"{self.paper_id.replace('/', '')}.tex": gzip.decompress(data)}
        return {self.path.name: data}

    @property
    def is_pdf(self) -> bool:
        return self.path.suffix == ".pdf" or list(self.files) == [PDF_TEXT]

    def pdf(self) -> bytes:
        return self.path.read_bytes() if self.is_packed else write_pdf(self.files[PDF_TEXT].decode("utf-8"))


class SourceShelf:
    """The sources and the HTML pages at hand, by paper."""

    def __init__(self, eprints: Mapping[str, Eprint], pages: Mapping[str, Path] | None = None) -> None:
        self.eprints = dict(eprints)
        self.pages = dict(pages or {})

    def joined_by(self, other: "SourceShelf") -> "SourceShelf":
        return SourceShelf({**other.eprints, **self.eprints}, {**other.pages, **self.pages})


NO_SOURCES = SourceShelf({})


def open_sources(folder: Path) -> SourceShelf:
    """Reads `sources/<id>/` and `html/<id>.html`; an old id has an underscore for its slash."""
    homes = sorted(path for path in (folder / "sources").glob("*") if path.is_dir())
    pages = sorted((folder / "html").glob("*.html"))
    return SourceShelf(
        {_spell_id(home.name): Eprint(_spell_id(home.name), home) for home in homes},
        {_spell_id(page.stem): page for page in pages},
    )


def open_eprints(folder: Path) -> dict[str, Eprint]:
    eprints: dict[str, Eprint] = {}
    for path in sorted(path for path in folder.iterdir() if path.is_file()):
        named = eprint_paper_id(path.name)
        if named:
            eprints[named[0]] = Eprint(named[0], path, named[1])
    return eprints


def eprint_paper_id(file_name: str) -> tuple[str, int] | None:
    """`2501.01300v2.tar.gz` is version 2 of 2501.01300; None for a file that is no e-print."""
    for ending in _ENDINGS:
        if file_name.endswith(ending):
            named = parse_paper_id(_spell_id(file_name.removesuffix(ending)))
            return (named[0], named[1] or 1) if named else None
    return None


def serve_source(paper: Paper, eprint: Eprint | None, version: int) -> Answer:
    """What `/src` gives: always a tar.gz, whatever was submitted."""
    name = _file_name(paper, version)
    if not has_source(paper, eprint, version):
        return _no_source(paper, version)
    if eprint is None:
        return Answer(pack_tar({f"{name}.tex": sketch_latex(paper).encode()}), "application/gzip", "", f"{name}.tar.gz")
    if eprint.is_pdf:
        return Answer(pack_tar({f"{name}.pdf": eprint.pdf()}), "application/gzip", "", f"{name}.tar.gz")
    if eprint.path.name.endswith(".tar.gz"):
        return Answer(eprint.path.read_bytes(), "application/gzip", "", f"{name}.tar.gz")
    return Answer(pack_tar(eprint.files), "application/gzip", "", f"{name}.tar.gz")


def serve_eprint(paper: Paper, eprint: Eprint | None, version: int) -> Answer:
    """What `/e-print` gives: as submitted, with the `x-gzip` encoding that clients do not undo."""
    name = _file_name(paper, version)
    if not has_source(paper, eprint, version):
        return _no_source(paper, version)
    files = {"paper.tex": sketch_latex(paper).encode()} if eprint is None else eprint.files
    if eprint is not None and eprint.is_pdf:
        return Answer(eprint.pdf(), "application/pdf", "", f"{name}.pdf")
    if eprint is not None and eprint.is_packed:
        kind = "application/x-eprint-tar" if eprint.path.name.endswith(".tar.gz") else "application/x-eprint"
        return Answer(eprint.path.read_bytes(), kind, "x-gzip", eprint.path.name)
    if len(files) == 1:
        return Answer(
            gzip.compress(next(iter(files.values())), mtime=0), "application/x-eprint", "x-gzip", f"{name}.gz"
        )
    return Answer(pack_tar(files), "application/x-eprint-tar", "x-gzip", f"{name}.tar.gz")


def serve_pdf(paper: Paper, eprint: Eprint | None, version: int) -> Answer:
    """The PDF as submitted, else one made from the abstract: the demo runs no TeX."""
    if paper.is_withdrawn(version):
        return _no_source(paper, version)
    body = eprint.pdf() if eprint is not None and eprint.is_pdf else write_pdf(sketch_text(paper))
    return Answer(body, "application/pdf", "", f"{_file_name(paper, version)}.pdf")


def has_source(paper: Paper, eprint: Eprint | None, version: int) -> bool:
    return not paper.is_withdrawn(version) and not (eprint is not None and eprint.is_withdrawn)


def garbage_source(paper_id: str) -> Answer:
    """Bytes that begin like gzip and are none; the same for the same paper."""
    return Answer(
        b"\x1f\x8b\x08\x00" + random.Random(paper_id).randbytes(4_096), "application/gzip", "", "garbage.tar.gz"
    )


def pack_tar(files: Mapping[str, bytes]) -> bytes:
    """The same files always give the same bytes."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, content in sorted(files.items()):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return gzip.compress(buffer.getvalue(), mtime=0)


def _no_source(paper: Paper, version: int) -> Answer:
    reason = (
        "This paper has been withdrawn. The authors of this paper have withdrawn it; no source is available."
        if paper.is_withdrawn(version)
        else "No source is available for this paper."
    )
    head = f"<head><title>{paper.paper_id}v{version}</title></head>"
    return Answer(f"<!DOCTYPE html>\n<html>{head}<body><p>{reason}</p></body></html>\n".encode(), "text/html")


def _file_name(paper: Paper, version: int) -> str:
    return f"arXiv-{paper.paper_id.replace('/', '-')}v{version}"


def _spell_id(file_name: str) -> str:
    return file_name.replace("_", "/", 1)
