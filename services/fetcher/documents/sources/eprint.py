"""What an e-print is, by its bytes alone: TeX files, a PDF, HTML, a withdrawn stub, or something to be refused.

Archives are read in memory with caps and never unpacked to disk.
"""

import codecs
import io
import re
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from shared.contracts import DocumentStatus

_MB = 1024**2
_HARMLESS_BYTES = 20 * _MB
_PDF_START_BYTES = 1024
_STUB_BYTES = 2_000
_PIECE_BYTES = 4_096


class SourceRefused(Exception):
    """A source that has no text for us; `status` says what it is, `str()` why."""

    def __init__(self, status: DocumentStatus, detail: str) -> None:
        super().__init__(detail)
        self.status: DocumentStatus = status


@dataclass(frozen=True)
class Limits:
    """What an archive may be."""

    unpacked_bytes: int = 300 * _MB
    files: int = 5_000
    ratio: int = 200


@dataclass(frozen=True)
class Source:
    """A source with text: exactly one of the three is there. Names of `files` are relative and plain."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    pdf: bytes | None = None
    html: bytes | None = None


def open_source(body: bytes, limits: Limits | None = None) -> Source:
    """What these bytes are. Raises SourceRefused."""
    limits = limits or Limits()
    content = gunzip(body, limits) if body[:2] == b"\x1f\x8b" else body
    if not content.strip(b"\0 \r\n\t"):
        raise SourceRefused("unreadable", "the source is empty")
    if is_tar(content):
        return _from_files(_read_tar(content, limits))
    return _from_single(content)


def open_folder(folder: Path, limits: Limits | None = None) -> Source:
    """A folder of TeX files on this machine. Raises SourceRefused."""
    limits = limits or Limits()
    files: dict[str, bytes] = {}
    total = 0
    for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
        total += path.stat().st_size
        if len(files) >= limits.files or total > limits.unpacked_bytes:
            raise SourceRefused("too_large", f"{folder} has more files or bytes than an e-print may have")
        files[path.relative_to(folder).as_posix()] = path.read_bytes()
    return _from_files(files)


def gunzip(body: bytes, limits: Limits) -> bytes:
    """Unpack gzip members within the caps. Raises SourceRefused."""
    ceiling = min(limits.unpacked_bytes, max(_HARMLESS_BYTES, len(body) * limits.ratio))
    out = bytearray()
    rest = memoryview(body)
    while bytes(rest[:2]) == b"\x1f\x8b":
        rest = rest[_unpack_member(rest, out, ceiling) :]
    return bytes(out)


def _unpack_member(body: memoryview, out: bytearray, ceiling: int) -> int:
    """Append one member's content to `out`; how many bytes it took. In pieces: what follows a member is copied."""
    unpacker = zlib.decompressobj(wbits=31)
    for start in range(0, len(body), _PIECE_BYTES):
        piece = body[start : start + _PIECE_BYTES]
        try:
            out += unpacker.decompress(piece, ceiling + 1 - len(out))
        except zlib.error as error:
            raise SourceRefused("unreadable", f"the source is broken gzip ({error})") from error
        if len(out) > ceiling:
            raise SourceRefused("hostile", f"the source unpacks to over {ceiling // _MB} MB")
        if unpacker.eof:
            return start + len(piece) - len(unpacker.unused_data)
    raise SourceRefused("unreadable", "the source is broken gzip (it ends too early)")


def is_tar(content: bytes) -> bool:
    """A tar header is there: its magic, or, in old archives, a header checksum that is right."""
    header = content[:512]
    if len(header) < 512:
        return False
    if header[257:262] == b"ustar":
        return True
    try:
        tarfile.TarInfo.frombuf(header, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:_PDF_START_BYTES]


def is_html(content: bytes) -> bool:
    start = re.sub(rb"^(?:\s|<!--.*?-->|<\?xml[^>]*>)*", b"", content[:4_000].removeprefix(b"\xef\xbb\xbf"), flags=re.S)
    return start[:9].lower() == b"<!doctype" or re.match(rb"<(?:html|head|body)\b", start, re.I) is not None


def _read_tar(content: bytes, limits: Limits) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    total = count = 0
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:") as archive:
            for member in archive:
                count += 1
                total += member.size
                if count > limits.files or total > limits.unpacked_bytes:
                    raise SourceRefused("hostile", f"the archive has over {limits.files} members or too many bytes")
                _check_member(member)
                path = PurePosixPath(member.name)
                reader = archive.extractfile(member) if member.isreg() and path.name else None
                if reader is not None:
                    files[str(path)] = reader.read()
    except (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError) as error:
        if not files:
            raise SourceRefused("unreadable", f"the archive is broken ({error})") from error
    return files


def _check_member(member: tarfile.TarInfo) -> None:
    path = PurePosixPath(member.name)
    if path.is_absolute() or ".." in path.parts or "\0" in member.name:
        raise SourceRefused("hostile", f"the archive has a member named {member.name[:80]!r}")
    if member.isdev():
        raise SourceRefused("hostile", f"the archive has a device {member.name[:80]!r}")
    if (member.issym() or member.islnk()) and _leads_out(path, member):
        raise SourceRefused("hostile", f"the archive has a link out of itself, {member.name[:80]!r}")


def _leads_out(path: PurePosixPath, member: tarfile.TarInfo) -> bool:
    """Links are never followed; one that points outside says what the archive is for."""
    target = PurePosixPath(member.linkname)
    depth = len(path.parts) - 1 if member.issym() else 0
    for part in target.parts:
        depth += -1 if part == ".." else 0 if part == "." else 1
        if depth < 0:
            return True
    return target.is_absolute()


def _from_files(files: Mapping[str, bytes]) -> Source:
    if not files:
        raise SourceRefused("unreadable", "the archive is empty")
    if any(name.lower().endswith(".cry") for name in files) and not _tex_like(files):
        raise SourceRefused("encrypted", "the authors submitted an encrypted source")
    if _tex_like(files):
        readable = {name: content for name, content in files.items() if not _is_stub(content)}
        if not _tex_like(readable):
            raise SourceRefused("withdrawn", "the source is the stub of a withdrawn paper")
        return Source(files=files)
    for name, content in sorted(files.items(), key=lambda item: -len(item[1])):
        if is_pdf(content) and "anc/" not in name:
            return Source(pdf=content)
    for _, content in sorted(files.items(), key=lambda item: -len(item[1])):
        if is_html(content):
            return Source(html=content)
    raise SourceRefused("unreadable", "the archive has neither TeX nor PDF nor HTML")


def _from_single(content: bytes) -> Source:
    if is_pdf(content):
        return Source(pdf=content)
    if is_html(content):
        if len(content) < 50_000 and re.search(rb"withdrawn", content, re.I):
            raise SourceRefused("withdrawn", "arXiv says that the paper is withdrawn")
        if len(content) < 50_000 and re.search(rb"no source|not available|unavailable", content, re.I):
            raise SourceRefused("missing", "arXiv says that there is no source")
        return Source(html=content)
    if content[:4] == b"PK\x03\x04":
        raise SourceRefused("unreadable", "the source is a ZIP archive or an Office file; those are not unpacked")
    if content[:2] == b"%!" or content.startswith(b"\x04%!"):
        raise SourceRefused("unreadable", "the source is PostScript")
    if _is_stub(content):
        raise SourceRefused("withdrawn", "the source is the stub of a withdrawn paper")
    if is_binary(content) or not re.search(rb"\\[a-zA-Z]", content):
        raise SourceRefused("unreadable", "the source is neither TeX nor an archive nor a PDF")
    return Source(files={"paper.tex": content})


def is_binary(content: bytes) -> bool:
    """Control characters that no text has, in more than a few places."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    start = content[:20_000]
    odd = sum(start.count(bytes([code])) for code in range(32) if code not in (4, 9, 10, 11, 12, 13, 26))
    return odd > max(4, len(start) / 200)


def _is_stub(content: bytes) -> bool:
    """arXiv's stub of a withdrawn paper: `%auto-ignore` and nothing that is typeset."""
    if len(content) > _STUB_BYTES or not content.lstrip().startswith(b"%auto-ignore"):
        return False
    return not re.sub(rb"(?m)^\s*%.*$", b"", content).strip()


def _tex_like(files: Mapping[str, bytes]) -> bool:
    return any(is_tex(name, content) for name, content in files.items())


def is_tex(name: str, content: bytes) -> bool:
    """A file that TeX would typeset: by its name, or where the name says nothing, by what is in it."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix in (".tex", ".ltx", ".latex"):
        return not is_binary(content)
    if suffix in _OTHER_SUFFIXES or is_pdf(content) or content[:2] == b"%!" or is_binary(content):
        return False
    return re.search(rb"\\(?:documentclass|documentstyle|begin\s*\{document\}|bye\b|input\b)", content) is not None


_OTHER_SUFFIXES = frozenset((
    ".cls", ".sty", ".bst", ".bbl", ".bib", ".clo", ".def", ".cfg", ".fd", ".eps", ".ps", ".pdf", ".png", ".jpg",
    ".jpeg", ".gif", ".svg", ".fig", ".gz", ".zip", ".log", ".aux", ".toc", ".out", ".ind", ".idx", ".ist", ".blg",
    ".tikz", ".pgf", ".dtx", ".ins", ".bbx", ".cbx", ".lbx", ".html", ".htm", ".json", ".yaml", ".yml", ".xxx",
    ".md", ".py",
))  # fmt: skip
