"""Answers made hostile or broken after they were written: what arXiv's server, a proxy or an attacker may send."""

import gzip
import re
import zlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qs

_MB = 1024**2
_XML_BOMB_ELEMENTS = 10_000_000
_TOKEN = re.compile(rb"(<resumptionToken[^>]*>)[^<]+(</resumptionToken>)")
_ROOT = b'<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'


class Spoilt(NamedTuple):
    """A body, and the encoding that its headers name."""

    body: bytes
    encoding: str = ""


def spoil(kind: str, body: bytes, query: str) -> Spoilt:
    return _SPOILERS[kind](body, query)


def _control_character(body: bytes, query: str) -> Spoilt:
    """As arXiv's own server does: a form feed in an abstract, which XML does not allow."""
    return Spoilt(body.replace(b"</abstract>", b"\x0c</abstract>", 1))


def _broken_record(body: bytes, query: str) -> Spoilt:
    return Spoilt(body.replace(b"</title>", b" < </title>", 1))


def _repeated_token(body: bytes, query: str) -> Spoilt:
    """The list leads back to the page itself."""
    asked = parse_qs(query).get("resumptionToken", [""])[0].encode()
    return Spoilt(_TOKEN.sub(lambda match: match[1] + asked + match[2] if asked else match[0], body))


def _overlong_token(body: bytes, query: str) -> Spoilt:
    return Spoilt(_TOKEN.sub(lambda match: match[1] + b"x" * 100_000 + match[2], body))


def _gzip_bomb(body: bytes, query: str) -> Spoilt:
    return Spoilt(_packed(b"\0" * _MB, 1024), "gzip")


def _double_gzip_bomb(body: bytes, query: str) -> Spoilt:
    return Spoilt(gzip.compress(_packed(b"\0" * _MB, 1024)), "gzip, gzip")


def _xml_bomb(body: bytes, query: str) -> Spoilt:
    """39 kB that become a tree of 1.4 GB."""
    ending = b"</ListRecords></OAI-PMH>"
    return Spoilt(gzip.compress(_ROOT + b"<a/>" * _XML_BOMB_ELEMENTS + ending), "gzip")


def _other_encoding(body: bytes, query: str) -> Spoilt:
    return Spoilt(body, "zstd")


def _corrupt_encoding(body: bytes, query: str) -> Spoilt:
    packed = gzip.compress(body)
    return Spoilt(packed[:20] + b"\xff" * 20 + packed[40:], "gzip")


def _packed(piece: bytes, times: int) -> bytes:
    """A gzip of the piece, so many times, made without holding all of it."""
    packer = zlib.compressobj(wbits=31)
    return b"".join([packer.compress(piece) for _ in range(times)]) + packer.flush()


_SPOILERS: dict[str, Callable[[bytes, str], Spoilt]] = {
    "control-character": _control_character,
    "broken-record": _broken_record,
    "repeated-token": _repeated_token,
    "overlong-token": _overlong_token,
    "gzip-bomb": _gzip_bomb,
    "double-gzip-bomb": _double_gzip_bomb,
    "xml-bomb": _xml_bomb,
    "other-encoding": _other_encoding,
    "corrupt-encoding": _corrupt_encoding,
}
SPOILS = frozenset(_SPOILERS)
