"""An OAI-PMH answer taken apart into its records, in little memory, also where some of it is no XML.

arXiv's own server passes control characters through, which XML does not allow. Such a page is repaired where that
loses nothing, and read record by record where it cannot be repaired.
"""

import codecs
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import Generic, TypeVar

from lxml import etree

from services.fetcher.arxiv.client import Garbled

T = TypeVar("T")
OAI = "{http://www.openarchives.org/OAI/2.0/}"
RECORD, HEADER = f"{OAI}record", f"{OAI}header"
_ROOT, _TOKEN, _ERROR = f"{OAI}OAI-PMH", f"{OAI}resumptionToken", f"{OAI}error"
_PIECE_BYTES = 65_536
# A record with all 5,000 authors of a collaboration has some 50,000 marks.
_MOST_MARKS = 500_000
_MOST_UNREADABLE = 100
_MOST_TOKEN_CHARACTERS = 4_000
_OTHER_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?\sencoding\s*=\s*[\"'](?!utf-?8[\"']|us-ascii[\"'])", re.I)

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r")
_TO_SPACES = bytes.maketrans(_CONTROLS, b" " * len(_CONTROLS))
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));")
_BARE_AMPERSAND = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,10}|#x[0-9a-fA-F]{1,8});)")
_NO_CHARACTER = re.compile(rb"\xef\xbf[\xbe\xbf]")
_START = re.compile(rb"<(record|header)[\s>]")
_ROOT_TAG = re.compile(rb"<OAI-PMH\b[^>]*>")
_TOKEN_TEXT = re.compile(rb"<resumptionToken\b[^>]*>([^<]*)</resumptionToken>")


@dataclass
class Parts(Generic[T]):
    """An answer: its records or headers, the pieces that are none, the token, or an error of the protocol."""

    records: list[T] = field(default_factory=list)
    broken: list[bytes] = field(default_factory=list)
    token: str | None = None
    error: tuple[str, str] | None = None


def take_apart(body: bytes, read: Callable[[etree._Element], T]) -> Parts[T]:
    """An answer, each of its records as `read` understands it.

    Raises Garbled for what is no whole OAI-PMH answer (truncated, HTML, a DOCTYPE).
    """
    refuse_strange_xml(body)
    try:
        return _read(body, read)
    except etree.XMLSyntaxError as error:
        if not body.rstrip().endswith(b"</OAI-PMH>"):
            raise Garbled("broken XML") from error
    body = repaired(body)
    try:
        return _read(body, read)
    except etree.XMLSyntaxError:
        return _read_pieces(body, read)


def refuse_strange_xml(body: bytes) -> None:
    """Raises Garbled for what arXiv never sends and a parser should never see."""
    if b"<!DOCTYPE" in body[:10_000] or b"<!ENTITY" in body:
        raise Garbled("an HTML page or a document with a DOCTYPE instead of XML")
    start = body[:200].removeprefix(codecs.BOM_UTF8).lstrip()
    if start[:1] != b"<" or start[1:2] == b"\0" or _OTHER_ENCODING.match(start):
        raise Garbled("something other than XML in UTF-8")


def repaired(body: bytes) -> bytes:
    """The same text with a space for each character that XML does not allow, and with its bare ampersands escaped."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    pieces = (body[at : at + _PIECE_BYTES] for at in range(0, len(body), _PIECE_BYTES))
    body = b"".join([decoder.decode(piece).encode() for piece in pieces] + [decoder.decode(b"", True).encode()])
    body = _NO_CHARACTER.sub(b" ", body.translate(_TO_SPACES))
    return _BARE_AMPERSAND.sub(b"&amp;", _REFERENCE.sub(_allowed_reference, body))


def small_parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _allowed_reference(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    is_allowed = code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
    return match[0] if is_allowed else b" "


def _read(body: bytes, read: Callable[[etree._Element], T]) -> Parts[T]:
    """Each record leaves the tree as soon as it is read, so that a page takes little more memory than its text."""
    parser = etree.XMLPullParser(
        ("end",), tag=(RECORD, HEADER), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    parts, marks = Parts[T](), 0
    for at in range(0, len(body), _PIECE_BYTES):
        piece = body[at : at + _PIECE_BYTES]
        marks += piece.count(b"<") + piece.count(b"=")
        parser.feed(piece)
        for element in _finished(parser):
            parts.records.append(read(element))
            _forget(element)
            marks = 0
        if marks > _MOST_MARKS:
            raise Garbled("a page of something other than records")
    return _with_ending(parts, parser.close())


def _finished(parser: etree.XMLPullParser) -> Iterator[etree._Element]:
    for _, element in parser.read_events():
        parent = element.getparent()
        if parent is None or parent.tag != RECORD:
            yield element


def _forget(element: etree._Element) -> None:
    """Empty an element and cut off all that stands before it, while the tree is still growing behind it."""
    element.clear()
    for node in (element, element.getparent()):
        above = node.getparent() if node is not None else None
        while node is not None and above is not None and (before := node.getprevious()) is not None:
            above.remove(before)


def _with_ending(parts: Parts[T], root: etree._Element) -> Parts[T]:
    if root.tag != _ROOT:
        raise Garbled("something other than OAI-PMH")
    if root.getroottree().docinfo.doctype:
        raise Garbled("a document with a DOCTYPE")
    error, token = root.find(_ERROR), root.find(f"*/{_TOKEN}")
    if error is not None:
        parts.error = (error.get("code", ""), error.text or "")
    parts.token = _checked_token(token.text or "") if token is not None else None
    return parts


def _checked_token(text: str) -> str | None:
    token = " ".join(text.split())
    if len(token) > _MOST_TOKEN_CHARACTERS:
        raise Garbled(f"a resumption token of {len(token)} characters")
    return token or None


def _read_pieces(body: bytes, read: Callable[[etree._Element], T]) -> Parts[T]:
    """Each record for itself; what is no XML even then is given as it is."""
    root = _ROOT_TAG.search(body)
    starts = list(_START.finditer(body))
    if root is None or not starts:
        raise Garbled("broken XML")
    name = starts[0][1]
    starts = [start for start in starts if start[1] == name]
    parts = Parts[T]()
    ends = [start.start() for start in starts[1:]] + [len(body)]
    for start, end in zip(starts, ends, strict=True):
        piece = body[start.start() : end]
        element = _element(root[0], piece[: piece.rfind(b"</" + name + b">") + len(name) + 3])
        if element is None:
            parts.broken.append(piece)
        else:
            parts.records.append(read(element))
        if len(parts.broken) > _MOST_UNREADABLE:
            raise Garbled("broken XML")
    token = _TOKEN_TEXT.search(body, starts[-1].start())
    parts.token = _checked_token(unescape(token[1].decode("utf-8", "replace"))) if token else None
    return parts


def _element(root_tag: bytes, piece: bytes) -> etree._Element | None:
    try:
        return next(iter(etree.fromstring(root_tag + piece + b"</OAI-PMH>", small_parser())), None)
    except etree.XMLSyntaxError:
        return None
