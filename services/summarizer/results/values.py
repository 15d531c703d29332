"""The number in a cell of a table: its value as the paper prints it, uncertainty and unit. What is not sure is none."""

import re
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

_MARKS = re.compile(
    r"\[@[^\]]*\]|\[\^[^\]]*\]|\^[a-zA-Z*†‡§¶,]{0,5}\^"
    r"|\^\{?\s*(?:\\(?:dagger|ddagger|ast|star|circ|prime|S|P|mathrm|text|textrm)\b(?:\{[a-zA-Z*, ]{0,8}\})?"
    r"|[a-zA-Z*†‡§¶#,]|\s)+\s*\}?"
    r"|[†‡§¶]|\\(?:dagger|ddagger|ast|star|checkmark|bf|bm|boldmath|small|footnotesize)\b"
)
"""Citations and notes, and marks of footnotes; a digit in a superscript may be a power, and is none of them."""

_WRAPPED = re.compile(
    r"\\(?:mathbf|boldsymbol|bm|bf|textbf|mathrm|text|textrm|underline|mathit|emph|mathsf|uline)\s*\{([^{}]*)\}"
)
_EMPHASIS = re.compile(r"\*{1,3}|(?<![\w])__?|__?(?![\w{])")
_NUMBER = r"(?:\d{1,3}(?:(?:,|\{,\}|\\,|\u2009|\u202f)\d{3})+|\d+)?(?:\.\d+)?"
_POWER = r"(?:\s*(?:\\times|\\cdot|×|·|\*)\s*10\s*\^\s*\{?\s*(?P<power>[-−]?\d{1,3})\s*\}?|[eE](?P<e>[-+−]?\d{1,3}))?"
_UNIT = (
    r"(?:%|\\%|K|k|M|B|G|T|ms|s|sec|min|h|hours?|days?|x|×|\\times|dB|GB|MB|kB|KB|TB|bits?|J|W|Hz|kHz|MHz|GHz|eV|keV|MeV|GeV|TeV"
    r"|nm|mm|cm|km|m|kg|g|°|pp|points?)"
)
_VALUE = re.compile(
    rf"(?P<sign>[-+−–]?)\s*(?P<number>{_NUMBER}){_POWER}"
    r"\s*(?P<share>\\?%)?"
    rf"(?:\s*_?\{{?\s*(?:\\pm|±|\+/-|\+-)\s*(?P<pm>\d*\.?\d+)\s*(?:\\?%)?\}}?)?"
    rf"\s*(?P<unit>{_UNIT})?"
    rf"(?:\s*(?:\(\s*(?:\\pm|±)\s*(?P<inner>\d*\.?\d+)\s*\)))?"
    rf"(?:\s*(?:\\uparrow|\\downarrow|↑|↓))?"
)
_MULTIPLES = {"K", "k", "M", "B", "G", "T"}
_DELTA = re.compile(r"\s*[_^]?\{?\s*\(\s*(?:[-+−]|\\(?:up|down)arrow|[↑↓])\s*\\?\d*\.?\d+\s*\\?%?\s*\)\s*\}?$")
_EMPTY = re.compile(r"(?:[-–—\s]*|n\.?/?a\.?|none|\\?[xX✓✗×?]|\\checkmark|oom|\.{2,3}|…)", re.I)
_LONGEST = 160


class Value(NamedTuple):
    """A decimal number as text and what belongs to it."""

    value: str
    uncertainty: str = ""
    unit: str = ""
    is_bold: bool = False


def value_of(cell: str) -> Value | None:
    """The number that a cell consists of; None for words, ranges, bounds, several numbers, and what could be either."""
    if len(cell) > _LONGEST or not any(letter.isdigit() for letter in cell):
        return None
    match = _VALUE.fullmatch(_DELTA.sub("", bare(cell)))
    if match is None or not match["number"]:
        return None
    number = _decimal(match["sign"], match["number"], match["power"] or match["e"])
    if number is None:
        return None
    unit = (match["share"] or match["unit"] or "").replace("\\", "")
    uncertainty = match["pm"] or match["inner"] or ""
    return Value(number, uncertainty and str(Decimal(uncertainty)), unit, is_bold(cell))


def is_bold(cell: str) -> bool:
    return bool(re.search(r"\*\*[^*]+\*\*|\\(?:mathbf|boldsymbol|bm|textbf|boldmath)\b", cell))


def is_blank(cell: str) -> bool:
    """Whether a cell says that there is nothing."""
    return _EMPTY.fullmatch(bare(cell)) is not None


def bare(cell: str) -> str:
    """A cell without emphasis, dollars, marks of footnotes and citations."""
    text = (
        cell.replace("\\*", "")
        .replace("\\$", "")
        .replace("$", " ")
        .replace("\\!", "")
        .replace("~", " ")
        .replace("\\;", " ")
    )
    for _ in range(3):
        text = _WRAPPED.sub(r"\1", text)
    text = _EMPHASIS.sub("", _MARKS.sub("", text)).replace("{}", "")
    text = re.sub(r"(?<=\d)\{,\}(?=\d)", ",", text)
    text = re.sub(r"\\([-+<>=%#&_()\[\]])", r"\1", text)
    whole = re.fullmatch(r"\s*\{(.*)\}\s*", text)
    return " ".join((whole[1] if whole else text).split())


def _decimal(sign: str, digits: str, power: str | None) -> str | None:
    """The number with the digits of the paper; None where it is none. `−` and `–` are minus signs in tables."""
    plain = re.sub(r",|\{,\}|\\,|\u2009|\u202f", "", digits)
    try:
        value = Decimal(("-" if sign in tuple("-−–") and sign else "") + plain)
    except InvalidOperation:
        return None
    return str(value.scaleb(int(power.replace("−", "-").replace("+", "")))) if power else str(value)


def decimal_of(value: str, unit: str = "") -> Decimal | None:
    """A stored value as a number; multiples such as `100 K` are left alone, because K can be a unit too."""
    try:
        return None if unit in _MULTIPLES else Decimal(value)
    except InvalidOperation:
        return None
