"""What TeX makes of a text before any command is read: German quotes that are umlauts, names that are put together."""

import re

_GERMAN = re.compile(r"\\(?:usepackage|documentclass|documentstyle)\s*\[[^\]]*(?:german|austrian)[^\]]*\]|"
                     r"\\(?:usepackage|documentstyle)\s*(?:\[[^\]]*\])?\s*\{[^}]*german[^}]*\}")  # fmt: skip
_UMLAUTS = {
    "a": "ä", "o": "ö", "u": "ü", "A": "Ä", "O": "Ö", "U": "Ü", "e": "ë", "i": "ï", "s": "ß", "z": "ß", "S": "SS",
    "`": "„", "'": "“", "<": "«", ">": "»", "=": "-", "~": "-", "-": "", '"': "", "|": "", "c": "ck", "f": "ff",
}  # fmt: skip
_SHORTHAND = re.compile(r"(?<!\\)\"([aouAOUeiszS`'<>=~|\"-])|(\$\$?.*?\$\$?)", re.S)
_DEFINED_BY_NAME = re.compile(
    r"(?:\\expandafter\s*)*(\\(?:(?:new|renew|provide)command\*?|[gex]?def|let|newif))\s*\\csname\s*([a-zA-Z@]+)\s*\\endcsname"
)
_BY_NAME = re.compile(r"(?:\\expandafter\s*)?\\csname\s*([a-zA-Z@]+)\s*\\endcsname(?:[ \t]*\\relax(?![a-zA-Z]))?")


def with_shorthands_expanded(text: str) -> str:
    """With umlauts for the shorthands of German, where it is spoken, and with commands for their put-together names."""
    text = _BY_NAME.sub(r"\\\1 ", _DEFINED_BY_NAME.sub(r"\1\\\2", text)) if "\\csname" in text else text
    if not _GERMAN.search(text[:100_000]):
        return text
    begin = text.find("\\begin{document}")
    return text[: max(begin, 0)] + _SHORTHAND.sub(lambda match: match[2] or _UMLAUTS[match[1]], text[max(begin, 0) :])
