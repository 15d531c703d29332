"""Text made fit to be shown: nothing in it steers a terminal, forges a line of a log, or gives a password away.

What would act is written out instead: ESC becomes `\\x1b`, an override of the reading direction `\\u202e`.
"""

import re

LONGEST_LINE = 2_000

_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_IN_A_LINE = re.compile("[\n\t]")
_USERINFO = re.compile(r"(?<=://)[^\s/\"'<>]+@")


def harmless(text: str) -> str:
    """A text whose control characters, overrides of direction and lone surrogates are written out; lines stay lines."""
    return _ACTING.sub(lambda match: _written_out(match[0]), text)


def one_line(text: str) -> str:
    """As `harmless`, and on one line."""
    return _IN_A_LINE.sub(lambda match: _written_out(match[0]), harmless(text))


def shortened(text: str, longest: int = LONGEST_LINE) -> str:
    """As `one_line`, with runs of white space as one blank, and cut."""
    line = harmless(" ".join(text[: 4 * longest].split()))
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def harmless_json(text: str) -> str:
    """The same JSON, with what acts on a terminal escaped; between its strings JSON has no such characters."""
    return _ACTING.sub(lambda match: match[0] if match[0] == "\r" else f"\\u{ord(match[0]):04x}", text)


def without_credentials(text: str) -> str:
    """Addresses in a text without their user names and passwords."""
    return _USERINFO.sub("***@", text)


def _written_out(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")
