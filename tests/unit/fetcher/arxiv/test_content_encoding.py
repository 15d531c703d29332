import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.fetcher.arxiv.content_encoding import BadEncoding, Decoder

pytestmark = pytest.mark.attack

TEXT = b"A paper about walls. " * 400


def decoded(encoding: str, body: bytes, most: int = 1_000_000, piece: int = 7) -> bytes:
    decoder = Decoder(encoding)
    content = b""
    for at in range(0, len(body), piece):
        content += decoder.feed(body[at : at + piece], most - len(content))
        if len(content) > most:
            raise OverflowError
    return content + decoder.end()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("gzip", gzip.compress(TEXT)),
        (" GZIP ", gzip.compress(TEXT)),
        ("gzip", TEXT),
        ("gzip", b"<"),
        ("gzip", b""),
    ],
    ids=["none", "identity", "gzip", "capitals", "plain after all", "a character", "nothing"],
)
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_an_answer_comes_out_plain(encoding: str, body: bytes, piece: int) -> None:
    expected = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
    assert decoded(encoding, body, piece=piece) == expected


def test_a_source_that_is_a_gzip_file_itself_stays_one() -> None:
    assert decoded("x-gzip", gzip.compress(TEXT)) == gzip.compress(TEXT)


@pytest.mark.parametrize(
    "encoding", ["br", "zstd", "deflate", "gzip, gzip", "gzip,identity", "x" * 1000], ids=lambda name: name[:20]
)
def test_an_encoding_that_was_not_asked_for_is_refused(encoding: str) -> None:
    with pytest.raises(BadEncoding, match="not asked for"):
        Decoder(encoding)


def test_packed_twice_is_unpacked_once() -> None:
    assert decoded("gzip", gzip.compress(gzip.compress(TEXT))) == gzip.compress(TEXT)


@pytest.mark.parametrize(
    "body",
    [gzip.compress(TEXT)[:-9], gzip.compress(TEXT) + b"more", b"\x1f\x8b\xff\xff\xff"],
    ids=["cut", "longer", "no stream"],
)
def test_a_broken_stream_is_told(body: bytes) -> None:
    with pytest.raises(BadEncoding):
        decoded("gzip", body)


def test_no_more_is_unpacked_than_may_be() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(Decoder("gzip").feed(bomb, 1000)) == 1001


@given(body=st.binary(max_size=300), encoding=st.sampled_from(("", "gzip", "x-gzip")))
def test_any_bytes_come_out_or_are_refused(body: bytes, encoding: str) -> None:
    try:
        decoded(encoding, body)
    except BadEncoding:
        assert encoding == "gzip"
