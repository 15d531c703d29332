"""The numbers of a claim and of its quotes: each number of a claim must stand in a quote, however it is written.

`75%` is `75 percent` and `0.75`; `3.5x` is `3.5 times`; `ten` is `10`; `1,234` may be said as `about 1,200`; a number
of hours is none of papers. A claim may be rounder than its quote, never more exact.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import floor, log10

from services.summarizer.evidence.number_words import with_digits
from shared.text.stop_words import FUNCTION_WORDS

PERCENT, TIMES, POINTS = "percent", "times", "points"
_UNITS = {
    name: (dimension, scale)
    for dimension, scale, names in (
        (PERCENT, 1.0, "% percent pct 个百分点"),
        (POINTS, 1.0, "points point pp"),
        (TIMES, 1.0, "x × times fold 倍"),
        ("time", 1e-6, "μs µs microsecond microseconds"),
        ("time", 1e-3, "ms millisecond milliseconds 毫秒"),
        ("time", 1.0, "s sec secs second seconds 秒"),
        ("time", 60.0, "min mins minute minutes 分钟"),
        ("time", 3600.0, "h hr hrs hour hours 小时"),
        ("time", 86400.0, "day days 天"),
        ("time", 604800.0, "week weeks"),
        ("years", 1 / 12, "month months"),
        ("years", 1.0, "yr year years 年"),
        ("bytes", 1e3, "kb"),
        ("bytes", 1e6, "mb"),
        ("bytes", 1e9, "gb"),
        ("bytes", 1e12, "tb"),
        ("bits", 1.0, "bit bits"),
        ("frequency", 1.0, "hz"),
        ("frequency", 1e3, "khz"),
        ("frequency", 1e6, "mhz"),
        ("frequency", 1e9, "ghz"),
        ("length", 1e-9, "nm"),
        ("length", 1e-3, "mm"),
        ("length", 1e-2, "cm"),
        ("length", 1.0, "metre metres meter meters"),
        ("length", 1e3, "km kilometres kilometers"),
        ("mass", 1.0, "kg"),
        ("money", 1.0, "dollars usd"),
    )
    for name in names.split()
}
_CHINESE = tuple(name for name in _UNITS if not name.isascii() and name.isalpha() and len(name.encode()) > 2)
_SUFFIXES = {"k": 1e3, "m": 1e6, "b": 1e9, "bn": 1e9, "t": 1e12, "千": 1e3, "万": 1e4, "亿": 1e8}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_NUMBER = re.compile(
    r"(?<![0-9A-Za-zÀ-ɏ.^_])(?<![A-Za-z][-‐‑])(?P<money>\$?)(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?:\s?[×x·*]\s?10\^?(?P<exponent>[-−]?\d{1,4})|[eE](?P<e>[-+]?\d{1,3})(?!\w))?(?:\^(?P<power>[-−]?\d{1,4}))?"
    r"(?P<suffix>[A-Za-zμµ千万亿]{1,12})?(?:[-‐‑\s]{0,2}(?P<after>%|×|[^\W\d_]+))?"
)
_CITED = re.compile(
    r"(?:\b(?:sections?|sec\.|tables?|figures?|fig\.|eqs?\.|equations?|theorems?|lemmas?|appendix|algorithms?|chapters?|"
    r"phase|stage|step|type|level|version)|[#§])\s*[~(]?$",
    re.I,
)
_ORDINAL = re.compile(r"^(?:st|nd|rd|th|d)$", re.I)
_MORE = re.compile(r"(?:\b(?:over|above|at least|more than|greater than|exceed\w*|beyond)|[>≥]|超过|至少)\s*$", re.I)
_LESS = re.compile(
    r"(?:\b(?:under|below|at most|less than|fewer than|up to|nearly|almost|within)|[<≤]|低于|不到|近)\s*$", re.I
)
_ABOUT = re.compile(r"(?:\b(?:about|around|approximately|roughly|some|circa)|[~≈∼]|约|大约)\s*$", re.I)
_TEX = (
    (re.compile(r"\\%"), "%"),
    (re.compile(r"\\times|\\cdot"), "×"),
    (re.compile(r"\\(?:sim|approx)(?:eq)?"), "~"),
    (re.compile(r"\\(?:leq?|lesssim)\b"), "≤"),
    (re.compile(r"\\(?:geq?|gtrsim)\b"), "≥"),
    (re.compile(r"\\(?:text|mathrm|mathbf|textbf)\{([^{}]*)\}"), r"\1"),
    (re.compile(r"\^\{([^{}]*)\}"), r"^\1"),
    (re.compile(r"\{,\}|\\,|\\;|\\ |~(?=\D)"), ""),
    (re.compile(r"\bfactor of\s+(?=\d)"), "factor of ×"),
    (re.compile(r"×(\d+(?:\.\d+)?)(?!\d|\^)(?<!10)"), r"\1×"),
    (re.compile(r"\bper\s?cent\b", re.I), "percent"),
)
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_LARGEST = 1e30
_MARGIN, _NEAR = 0.15, 0.05


@dataclass(frozen=True)
class Number:
    """A number as a text has it: `text` is how it is written, `value` in the base unit of its `dimension`.

    `plain` is the value without its unit; `step` is that of its last digit, so says how exactly it is given; `noun` is
    the word that it counts; `bound` is more, less, about or empty.
    """

    text: str
    value: float
    plain: float
    dimension: str
    step: float
    noun: str
    bound: str


def numbers_in(text: str) -> list[Number]:
    """Every number that says how much or how many; numbers of sections, and those in names like GPT-4, say neither."""
    text = _plain_tex(with_digits(text))
    numbers = (_number(match, text[: match.start()][-40:]) for match in _NUMBER.finditer(text))
    return [number for number in numbers if number is not None]


def missing_numbers(claim: str, quotes: Sequence[str], *, is_translated: bool = False) -> list[str]:
    """The numbers of a claim that stand in none of its quotes, as the claim has them.

    In a translated claim a unit that is not known stands for any.
    """
    given = [number for quote in quotes for number in numbers_in(quote)]
    wanted = [number for number in numbers_in(claim) if number.noun != "both"]
    missing = (number.text for number in wanted if not _is_said(number, given, is_translated))
    return list(dict.fromkeys(missing))


def _is_said(wanted: Number, given: Sequence[Number], is_translated: bool) -> bool:
    if is_translated and not wanted.dimension and any(_is_value(number.plain, wanted) for number in given):
        return True
    return any(says(number, wanted) for number in given)


def says(given: Number, wanted: Number) -> bool:
    """Whether the number of a quote bears out the number of a claim."""
    if given.dimension == wanted.dimension:
        return _is_value(given.value, wanted, given.bound)
    pair = {given.dimension, wanted.dimension}
    if pair == {PERCENT, POINTS}:
        return _is_value(given.value, wanted)
    if "" not in pair or _counts_something(given) or _counts_something(wanted):
        return False
    if wanted.dimension == PERCENT and given.value <= 1:
        return _is_value(100 * given.value, wanted)
    if given.dimension == PERCENT and wanted.value <= 1:
        return _is_value(given.value / 100, wanted)
    return _is_value(given.value, wanted)


def _number(match: re.Match[str], before: str) -> Number | None:
    suffix, after = match["suffix"] or "", (match["after"] or "").lower()
    if _CITED.search(before) or _ORDINAL.match(suffix) or (suffix and not _is_unit(suffix)):
        return None
    digits = match["digits"].replace(",", "")
    exponent = int((match["exponent"] or match["e"] or "0").replace("−", "-"))
    step = 10.0 ** (-len(digits.partition(".")[2]))
    scale = 10.0 ** max(-30, min(30, exponent)) * _SUFFIXES.get(suffix.lower(), 1.0)
    if suffix.lower() in _UNITS and suffix not in ("M", "B", "K", "T"):
        after, scale = suffix.lower(), 10.0 ** max(-30, min(30, exponent))
    if after in _SCALES:
        scale *= _SCALES[after]
        after = ""
    dimension, unit = _UNITS.get(after) or next(
        (_UNITS[name] for name in _CHINESE if after.startswith(name)), ("", 1.0)
    )
    if match["money"] and not dimension:
        dimension = "money"
    value = _powered(min(float(digits), _LARGEST), match["power"]) * scale * unit
    return Number(_as_written(match), value, value / unit, dimension, step * scale * unit, after, _bound(before))


def _as_written(match: re.Match[str]) -> str:
    """The number with its unit, without the word that it counts."""
    word = (match["after"] or "").lower()
    has_unit = not match["suffix"] and (word in _UNITS or word in _SCALES or word.startswith(_CHINESE))
    return match[0] if has_unit or not word else match[0][: match.start("after") - match.start()].rstrip(" -‐‑")


def _is_unit(suffix: str) -> bool:
    return suffix.lower() in _UNITS or suffix.lower() in _SUFFIXES


def _powered(value: float, power: str | None) -> float:
    if power is None:
        return value
    exponent = max(-30, min(30, int(power.replace("−", "-"))))
    return float(min(value, 1e9) ** exponent) if value else 0.0


def _bound(before: str) -> str:
    for name, pattern in (("more", _MORE), ("less", _LESS), ("about", _ABOUT)):
        if pattern.search(before):
            return name
    return ""


def _counts_something(number: Number) -> bool:
    """Whether a number without a unit counts things: `75 papers`, unlike `an accuracy of 75.3 on ...`."""
    return not number.dimension and bool(number.noun) and number.noun not in FUNCTION_WORDS


def _is_value(given: float, wanted: Number, given_bound: str = "") -> bool:
    difference, size = given - wanted.value, abs(given)
    if abs(difference) <= 1e-6 * size or (abs(difference) <= wanted.step / 2 * (1 + 1e-9) and wanted.step < size):
        return True
    if given_bound and given_bound == wanted.bound:
        return False
    if wanted.bound == "more":
        return 0 <= difference <= _MARGIN * size
    if wanted.bound == "less":
        return 0 <= -difference <= _MARGIN * size
    return abs(difference) <= _NEAR * size and (wanted.bound == "about" or _is_round(wanted))


def _is_round(number: Number) -> bool:
    """Whether it ends in zeros, at least two digits remaining: 1,200, not 1,000 and not 90."""
    if number.value < 100 or number.step < 1:
        return False
    magnitude = floor(log10(number.value))
    return number.value % 10 == 0 and number.value % 10**magnitude != 0


def _plain_tex(text: str) -> str:
    text = re.sub(r"(?<=\d)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda match: "^" + match[0].translate(_SUPERSCRIPT), text)
    text = re.sub(r"(?<!\\)\$(?=\d[^$\n]*(?:\s|$))(?![^$\n]*\$)", "¤", text)
    text = re.sub(r"(?<!\\)\$", "", text).replace("¤", "$").replace("\\$", "$")
    for pattern, replacement in _TEX:
        text = pattern.sub(replacement, text)
    return text
