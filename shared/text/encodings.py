"""Which encoding a text file is written in, where nothing but its bytes says so."""

import re

_MOST_LOOKED_AT = 256 * 1024
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_CHINESE_PAIRS = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])+")
_LEAST_PAIRED = 0.9


def encoding_of(content: bytes) -> str | None:
    """UTF-16 by its mark, UTF-8 where it is that, GB18030 (GBK, GB2312) by its pairs of bytes; None for others."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030" if _is_chinese(content) else None
    return "utf-8-sig"


def decoded(content: bytes) -> str:
    """A text; what is in none of these encodings is in the Windows code page that old programs write."""
    return content.decode(encoding_of(content) or "cp1252", errors="replace")


def _is_chinese(content: bytes) -> bool:
    """Accented letters stand alone between others; Chinese characters are pairs of high bytes, nearly all of them."""
    runs = _HIGH_BYTES.findall(content[:_MOST_LOOKED_AT])
    paired = sum(len(run) for run in runs if _CHINESE_PAIRS.fullmatch(run))
    if paired < _LEAST_PAIRED * sum(map(len, runs)):
        return False
    try:
        content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True
