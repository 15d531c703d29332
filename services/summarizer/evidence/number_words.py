"""Numbers that are written as words, in English and in Chinese, put into digits before numbers are compared."""

import re

_ONES = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11,
    "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
    "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_DIGITS = {"one": 1, **{word: value for word, value in _ONES.items() if value < 10}}
_SPELLED = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(_TENS)})(?:[-\s](?P<digit>{'|'.join(_DIGITS)}))?|(?P<ones>{'|'.join(_ONES)})|(?P<one>one|an?)(?=\s(?:{'|'.join(_SCALES)})\b))"
    rf"(?:[-\s](?P<scale>{'|'.join(_SCALES)}))?\b(?!-dimensional)",
    re.I,
)
_PARTS = {"third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
_FRACTION = re.compile(rf"\b(one|an?|two|three|four)[-\s]({'|'.join(_PARTS)})s?\b(?=\s(?:of|as|the)\b|[.,;]|$)", re.I)
_COUNTS = {"one": 1, "a": 1, "an": 1, "two": 2, "three": 3, "four": 4}
_PLAIN_WORDS = (
    (re.compile(r"\b(?:twice|doubl(?:es?|ed|ing)|twofold)\b", re.I), " 2 times "),
    (re.compile(r"\b(?:thrice|tripl(?:es?|ed|ing)|threefold)\b", re.I), " 3 times "),
    (re.compile(r"\b(?:half|halv(?:es?|ed|ing))\b", re.I), " 50 % "),
    (re.compile(r"\bboth\b", re.I), " 2 both "),
    (re.compile(r"一半"), " 50 % "),
    (re.compile(r"翻(?:了)?一番|翻倍"), " 2 times "),
)
_CHINESE_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE_SCALES = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 10**8}
_NUMERAL = "[零〇一二两三四五六七八九十百千万亿]"
_CHINESE_PERCENT = re.compile(rf"百分之({_NUMERAL}+|\d+(?:\.\d+)?)")
_CHINESE = re.compile(rf"({_NUMERAL}+)(?=倍|个|種|种|次|层|年|天|小时|分钟|秒|位|名|篇|项|类|组|张|台|款|成员|人)")


def with_digits(text: str) -> str:
    """The text with numbers in words as digits; `a` and `one` are words, not numbers."""
    text = _CHINESE_PERCENT.sub(lambda match: f" {_chinese(match[1]):g} % ", text)
    text = _CHINESE.sub(lambda match: f" {_chinese(match[1]):g} " if _chinese(match[1]) > 1 else match[0], text)
    text = _FRACTION.sub(lambda match: f" {_COUNTS[match[1].lower()] * _PARTS[match[2].lower()]:.2f} % ", text)
    for pattern, digits in _PLAIN_WORDS:
        text = pattern.sub(digits, text)
    return _SPELLED.sub(_spelled, text)


def _spelled(match: re.Match[str]) -> str:
    value = _TENS.get((match["tens"] or "").lower(), 0) + _DIGITS.get((match["digit"] or "").lower(), 0)
    value += _ONES.get((match["ones"] or "").lower(), 0) + (1 if match["one"] else 0)
    return str(value * _SCALES.get((match["scale"] or "").lower(), 1))


def _chinese(numeral: str) -> float:
    """`七十五` is 75, `三万` is 30000; digits stay what they are."""
    if numeral[0].isdigit() and numeral[0].isascii():
        return float(numeral)
    total = section = digit = 0
    for char in numeral:
        if char in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[char]
        elif _CHINESE_SCALES[char] >= 10_000:
            total, section, digit = (total + section + digit) * _CHINESE_SCALES[char], 0, 0
        else:
            section, digit = section + (digit or 1) * _CHINESE_SCALES[char], 0
    return total + section + digit
