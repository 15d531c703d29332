# ruff: noqa: E501 (seeds and words stand in one line)
"""Archives: bytes as they are, and archives built with members that a fair packer never makes; PDFs."""

import gzip
import io
import tarfile
import zlib

from tests.fuzz.seeds import files
from tests.fuzz.targets import Run, Target

_NAMES = (
    "main.tex", "a/b.tex", "../up.tex", "/etc/passwd", "a/../../x", "", ".", "..", "a" * 300, "\\x", "a\nb", "x.cry", "x.pdf",
    "anc/x.pdf", "00README.json", "00README.XXX", "\udcff.tex", "C:\\x", "main.tex/main.tex", "%2e%2e/x",
)  # fmt: skip
_CONTENTS = (
    b"", b"\\documentclass{article}\\begin{document}word word word\\end{document}", b"%auto-ignore\n", b"%PDF-1.4\n", b"<html><body>x",
    b"\x1f\x8b\x08\x00", b"{" * 50_000, b'{"sources": [{"filename": "../x", "usage": "toplevel"}]}', b"[" * 50_000, b"\0" * 100_000,
)  # fmt: skip
_KINDS = (
    tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE,
    tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE, b"Z",
)  # fmt: skip


def _reading() -> Run:
    from services.fetcher.documents.latex.main_file import find_main
    from services.fetcher.documents.latex.manuscript import read_manuscript
    from services.fetcher.documents.sources.eprint import Limits, SourceRefused, open_source

    limits = Limits(unpacked_bytes=30_000_000, files=200, ratio=200)

    def run(content: bytes) -> None:
        try:
            source = open_source(content, limits)
        except SourceRefused as refusal:
            if not str(refusal):
                raise AssertionError("refused without a reason") from refusal
            return
        if sum(map(len, source.files.values())) > limits.unpacked_bytes or len(source.files) > limits.files:
            raise AssertionError("more than the limits was unpacked")
        if any(name.startswith("/") or ".." in name.split("/") for name in source.files):
            raise AssertionError(f"names lead out: {sorted(source.files)}")
        if source.files and sum(map(len, source.files.values())) < 200_000:
            find_main(source.files)
            read_manuscript(source.files)

    return run


def _built() -> Run:
    read = _reading()

    def run(recipe: bytes) -> None:
        read(_packed(recipe))

    return run


def _packed(recipe: bytes) -> bytes:
    """A tar archive after a recipe of four bytes a member; the first byte says how it is packed."""
    out = io.BytesIO()
    how = recipe[0] if recipe else 0
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT, errors="surrogateescape") as archive:
        for start in range(1, min(len(recipe) - 3, 400), 4):
            name, content, kind, link = recipe[start : start + 4]
            member = tarfile.TarInfo(_NAMES[name % len(_NAMES)])
            member.type, member.linkname = _KINDS[kind % len(_KINDS)], _NAMES[link % len(_NAMES)]
            body = _CONTENTS[content % len(_CONTENTS)]
            member.size = len(body) * (1_000_000 if link > 250 else 1)
            archive.addfile(member, io.BytesIO(body.ljust(min(member.size, 200_000), b"x")) if link <= 250 else None)
    packed = out.getvalue()
    for _ in range(how // 3 % 4):
        packed = gzip.compress(packed, 1, mtime=0)
    return packed[: -(how // 12 % 20) or None] if how > 100 else packed


def _pdf() -> Run:
    from services.fetcher.documents.engines import pdf
    from services.fetcher.documents.sources.eprint import SourceRefused

    def run(content: bytes) -> None:
        try:
            pdf.to_markdown(pdf.pages_of(content))
        except SourceRefused:
            return

    return run


def _small_pdf() -> bytes:
    stream = zlib.compress(b"BT /F1 12 Tf 72 720 Td (1 Introduction) Tj ET")
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/"
        b"Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>/MediaBox[0 0 612 792]>>endobj\n4 0 obj<</Length %d/Filter/"
        b"FlateDecode>>stream\n%s\nendstream endobj\n5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\ntrailer<</Root 1 0 R"
        b">>\n%%%%EOF" % (len(stream), stream)
    )


_WORDS = (
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"ustar\x0000",
    b"\x28\xb5\x2f\xfd",
    b"PK\x03\x04",
    b"%PDF-1.4",
    b"\0" * 512,
    b"<html>",
)
_PDF_WORDS = (
    b"obj", b"endobj", b"stream", b"endstream", b"/Kids[2 0 R]", b"/Parent 2 0 R", b"/Length 99999999", b"/Filter[/FlateDecode/FlateDecode]",
    b"/Filter/LZWDecode", b"/Filter/ASCII85Decode", b"/Encrypt<</Filter/Standard/V 5>>", b"/ObjStm", b"/Prev 0", b"<<", b">>", b"xref",
    b"startxref 0", b"/ToUnicode 4 0 R", b"1 beginbfrange <0000><ffff><0000> endbfrange", b"/Count 99999999", b"/XRef", b"/W[1 2 1]",
)  # fmt: skip
TARGETS = (
    Target("archive", _reading, files("latex/*.gz", "sources/*", most_bytes=60_000), _WORDS),
    Target(
        "archive_members",
        _built,
        lambda: (b"\x03\x00\x01\x00\x00\x01\x01\x02\x02", b"\x06" + bytes(range(40))),
        (),
        (),
        400,
    ),
    Target(
        "pdf", _pdf, files(written=(_small_pdf(),)), _PDF_WORDS, ((b"<<", b">>"), (b"[", b"]"), (b"(", b")")), 20_000
    ),
)
