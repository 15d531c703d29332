import contextlib
import gzip
import io
import tarfile
import tracemalloc
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.documents.sources.eprint import Limits, SourceRefused, gunzip, open_folder, open_source

TEX = b"\\documentclass{article}\\begin{document}Hello\\end{document}"


def tar(files: dict[str, bytes], *, links: dict[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for name, target in (links or {}).items():
            link = tarfile.TarInfo(name)
            link.type, link.linkname = tarfile.SYMTYPE, target
            archive.addfile(link)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [TEX, gzip.compress(TEX, mtime=0), gzip.compress(TEX[:20], mtime=0) + gzip.compress(TEX[20:], mtime=0)],
    ids=["bare", "gzip", "two members"],
)
def test_a_single_tex_file_is_one_however_it_is_packed(body: bytes) -> None:
    assert list(open_source(body).files.values()) == [TEX]


def test_a_member_without_a_name_is_left_out() -> None:
    assert dict(open_source(gzip.compress(tar({"main.tex": TEX, ".": TEX, "": TEX}))).files) == {"main.tex": TEX}


def test_an_archive_is_read_with_its_folders_and_harmless_links_are_left_out() -> None:
    body = gzip.compress(tar({"main.tex": TEX, "./sec/a.tex": b"x"}, links={"sec/b.tex": "../main.tex"}))
    assert dict(open_source(body).files) == {"main.tex": TEX, "sec/a.tex": b"x"}


def test_a_pdf_is_found_alone_and_in_an_archive() -> None:
    pdf = b"%PDF-1.4 x"
    assert open_source(pdf).pdf == pdf
    assert open_source(gzip.compress(tar({"paper.pdf": pdf, "notes.txt": b"x"}))).pdf == pdf


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", "unreadable"),
        (b"\0" * 2000, "unreadable"),
        (gzip.compress(b"%auto-ignore\n", mtime=0), "withdrawn"),
        (b"<!DOCTYPE html><html><body>This paper has been withdrawn.</body></html>", "withdrawn"),
        (b"<html><body>No source is available for this paper.</body></html>", "missing"),
        (gzip.compress(tar({"paper.cry": b"\x01\x02"}), mtime=0), "encrypted"),
        (b"%!PS-Adobe-2.0", "unreadable"),
        (b"\x1f\x8b\x08\x00garbage", "unreadable"),
        (gzip.compress(TEX, mtime=0)[:-12], "unreadable"),
        (gzip.compress(tar({"../../etc/cron.d/x": b"x"}), mtime=0), "hostile"),
        (gzip.compress(tar({"/etc/passwd": b"x"}), mtime=0), "hostile"),
        (gzip.compress(tar({"a.tex": TEX}, links={"b.tex": "/etc/passwd"}), mtime=0), "hostile"),
        (gzip.compress(tar({"a.tex": TEX}, links={"b.tex": "../../x"}), mtime=0), "hostile"),
        (gzip.compress(tar({f"{number}.tex": b"x" for number in range(60)}), mtime=0), "hostile"),
        (gzip.compress(b"0" * 30_000_000, mtime=0), "hostile"),
        (gzip.compress(tar({"a.png": b"\x89PNG"}), mtime=0), "unreadable"),
        (bytes(range(256)) * 20, "unreadable"),
    ],
)
def test_what_has_no_text_is_refused_with_its_own_status(body: bytes, status: str) -> None:
    with pytest.raises(SourceRefused) as refusal:
        open_source(body, Limits(files=50))
    assert refusal.value.status == status
    assert str(refusal.value)


@given(st.binary(max_size=3_000), st.sampled_from([b"", b"\x1f\x8b\x08", b"%PDF-", b"<html>", b"%!"]))
def test_no_bytes_do_more_than_be_refused(rest: bytes, start: bytes) -> None:
    with contextlib.suppress(SourceRefused):
        source = open_source(start + rest)
        assert source.files or source.pdf or source.html


def test_a_folder_is_read_like_an_archive(tmp_path: Path) -> None:
    (tmp_path / "sec").mkdir()
    (tmp_path / "main.tex").write_bytes(TEX)
    (tmp_path / "sec" / "a.tex").write_bytes(b"x")
    (tmp_path / "link.tex").symlink_to("/etc/passwd")
    assert dict(open_folder(tmp_path).files) == {"main.tex": TEX, "sec/a.tex": b"x"}


def test_many_gzip_members_cost_what_their_bytes_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole rest of the source was once handed over and copied for each member: 38 s for 4 MB of them."""
    handed_over = 0
    unpacker = zlib.decompressobj

    class Counting:
        def __init__(self, wbits: int) -> None:
            self._inner = unpacker(wbits)

        def decompress(self, content: bytes, most: int) -> bytes:
            nonlocal handed_over
            handed_over += len(content)
            return self._inner.decompress(content, most)

        def __getattr__(self, name: str) -> object:
            return getattr(self._inner, name)

    monkeypatch.setattr("services.fetcher.documents.sources.eprint.zlib.decompressobj", lambda wbits: Counting(wbits))
    many = gzip.compress(b"", mtime=0) * 20_000
    assert gunzip(many + gzip.compress(TEX, mtime=0), Limits()) == TEX
    assert handed_over < 300 * len(many)


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME])
def test_a_chain_of_thousands_of_headers_is_refused(kind: bytes) -> None:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for _ in range(3_000):
            member = tarfile.TarInfo("x")
            member.type, member.size = kind, 5
            archive.addfile(member, io.BytesIO(b"abcd\0"))
    with pytest.raises(SourceRefused):
        open_source(out.getvalue())


@pytest.mark.parametrize("content", [b"0" * 400_000_000, gzip.compress(b"0" * 400_000_000, 1)], ids=["once", "twice"])
def test_a_bomb_is_not_unpacked_whether_packed_once_or_twice(content: bytes) -> None:
    packed = gzip.compress(content, 1)
    tracemalloc.start()
    with pytest.raises(SourceRefused):
        open_source(packed, Limits(unpacked_bytes=20 * 1024**2))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100 * 1024**2


def test_zstd_is_not_unpacked_at_all() -> None:
    with pytest.raises(SourceRefused, match="neither TeX"):
        open_source(b"\x28\xb5\x2f\xfd" + bytes(range(256)) * 20)
