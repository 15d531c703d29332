"""Which encoding a text file is written in, where nothing but its bytes says so."""

import codecs
import re

_MOST_LOOKED_AT = 256 * 1024
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")
_CHINESE_PAIRS = re.compile(rb"(?:[\xa1-\xf7][\xa1-\xfe])+")
_LEAST_PAIRED = 0.9
_MARKS = {
    codecs.BOM_UTF32_LE: "utf-32",  # begins as the mark of UTF-16 does
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_ZEROS_LOOKED_AT = 8 * 1024
_MANY_ZEROS, _HARDLY_ANY_ZEROS = 0.3, 0.02


def encoding_of(content: bytes) -> str | None:
    """UTF-16 and UTF-32 by their mark or their zeros, UTF-8 where it is that, GB18030 (GBK, GB2312) by its pairs of
    bytes; None for others."""
    marked = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if wide := marked or _wide_encoding(content):
        return wide
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return "gb18030" if _is_chinese(content) else None
    return "utf-8-sig"


def decoded(content: bytes) -> str:
    """A text; what is in none of these encodings is in the Windows code page that old programs write."""
    return content.decode(encoding_of(content) or "cp1252", errors="replace")


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 or UTF-32 without its mark: Latin letters, which every file here has, bring zeros in the same places."""
    sample = content[: min(_ZEROS_LOOKED_AT, len(content) // 4 * 4)]
    if b"\0" not in sample:
        return None
    first, second, third, fourth = (sample[place::4].count(0) / len(sample[place::4]) for place in range(4))
    if min(first, second) > 1 - _HARDLY_ANY_ZEROS and fourth < _HARDLY_ANY_ZEROS:
        return "utf-32-be"
    if min(third, fourth) > 1 - _HARDLY_ANY_ZEROS and first < _HARDLY_ANY_ZEROS:
        return "utf-32-le"
    if min(first, third) > _MANY_ZEROS and max(second, fourth) < _HARDLY_ANY_ZEROS:
        return "utf-16-be"
    if min(second, fourth) > _MANY_ZEROS and max(first, third) < _HARDLY_ANY_ZEROS:
        return "utf-16-le"
    return None


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
