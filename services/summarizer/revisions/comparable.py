"""Text in the form in which two versions are compared: layout, numbering and names of citations make no difference.

A theorem that became number 4 because another one was put before it is the same theorem. Numbers that say how much
or how many stay, also within formulas and tables.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

_NAMED = (
    r"theorem|thm|lemma|proposition|prop|corollary|definition|remark|section|sec|table|tab|figure|fig|equation|eqn?"
    r"|algorithm|appendix|chapter|example|assumption|claim|conjecture|ref|footnote|listing|fact|property"
)
_SEVERAL = (
    r"theorems|thms|lemmas|lemmata|propositions|props|corollaries|definitions|remarks|sections|secs|tables|tabs|figures"
    r"|figs|equations|eqn?s|algorithms|appendi(?:x|c)es|chapters|examples|assumptions|claims|conjectures|refs|facts|§§?"
)
_ORDER = r"\(?(?:\d+(?:\.\d+)*[a-z]?|[IVXL]+|[A-Z](?:\.\d+)*)\)?(?![\w%])"
_NUMBERED = re.compile(
    rf"(?<!\w)(?:(?P<one>(?i:{_NAMED}))\.?[\s~]*{_ORDER}(?:\s?[–-]\s?{_ORDER})?"
    rf"|(?P<several>(?i:{_SEVERAL}))\.?[\s~]*{_ORDER}(?:(?:\s*(?:,|;|–|-|to\b|and\b|or\b|&)\s*)+{_ORDER})*)"
)
_CITED = re.compile(r"\s*\[-?@[^\]]*\]|\s*\[\^[^\]]*\]")
_KEY = re.compile(r"(?<![\w.])-?@(?:\{[^}\s]*\}|[\w:.#$%&+?<>~/-]*\w)")
_CITED_BY_NUMBER = re.compile(r"(?P<formula>\$\$?[^$]+\$\$?)|\s*\[[1-9]\d{0,2}(?:\s*[,;–-]\s*[1-9]\d{0,2})*\]")
"""A list such as [3, 7]; within a formula it is an interval, and one with a 0 is no list of citations."""
_LABEL = re.compile(r"\[(?:eq|eqn|sec|ssec|fig|tab|thm|lem|prop|cor|def|rem|alg|app)[^\]\s]*\]", re.I)
_EQUATION = re.compile(r"\b(in|by|from|see|using|with|and|of)\s+\(\d{1,3}\)")
_TAG = re.compile(r"\\(?:tag|label|ref|eqref|cref|Cref|autoref)\*?\{[^{}]*\}")
_LINK = re.compile(r"\[([^\]\[]*)\]\([^)\n]*\)(?:\{[^}\n]*\})?")
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^)\n]*\)|\{[^}\n]*\})*")
_ATTRIBUTES = re.compile(r"(?<=[\])])\{[^}\n]*\}|\{#[^}\n]*\}")
_RULE = re.compile(r"^[|+\s:=-]+$", re.M)
_MARK = re.compile(r"(?<!\\)[*`]+|(?<![\w\\$])_(?=\S)|(?<=\S)_(?![\w{^])")
_LIST_MARK = re.compile(r"^\s*(?:[-*+]|\(?(?:\d{1,3}|[a-zA-Z]|[ivx]{1,4})[.)])\s+")
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|\\[A-Za-z]+|[^\W\d_]+|\S", re.UNICODE)
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)*")
_SPACING = frozenset(
    ("\\,", "\\;", "\\!", "\\quad", "\\qquad", "\\displaystyle", "\\left", "\\right", "{", "}", "~", "$", "\\")
)
_THOUSANDS = re.compile(r"(?<=\d)(?:\{,\}|\\[,!;]|\\ )(?=\d{3}(?!\d))")
_FRACTION = re.compile(r"\\[dt]?frac(?![A-Za-z])(?:\s*(\d)\s*(\d))?")
_BEFORE_A_SIGN = frozenset("=<>([{,;:|/^") | {"\\in", "\\approx", "\\sim", "\\simeq", "\\le", "\\leq", "\\ge", "\\geq"}
_IN_WORDS: Mapping[str, str] = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40",
    "fifty": "50", "hundred": "100", "thousand": "1000",
}  # fmt: skip
_HEADING_NUMBER = re.compile(
    r"^\s*(?:§\s*)?(?:appendix\s+)?(?:\d+(?:\.\d+)*\.?|[IVXL]+\.|[A-Z](?:\.\d+)*\.?)\s+(?=\S)", re.I
)


def tokens_of(markdown: str) -> tuple[str, ...]:
    """Comparable words, signs and numbers of a piece of Markdown."""
    text = _IMAGE.sub(" ", markdown)
    text = _LABEL.sub(" ", _KEY.sub(" ", _CITED.sub(" ", text)))
    text = _ATTRIBUTES.sub("", _LINK.sub(r"\1", text))
    text = _CITED_BY_NUMBER.sub(lambda match: match["formula"] or " ", _TAG.sub(" ", _RULE.sub(" ", text)))
    text = _FRACTION.sub(r"\\frac \1 \2 ", _THOUSANDS.sub(",", text))
    text = _MARK.sub("", _LIST_MARK.sub("", text))
    text = _EQUATION.sub(r"\1 ", _NUMBERED.sub(_unnumbered, text))
    folded = unicodedata.normalize("NFKC", text).replace("−", "-").replace("’", "'")
    words = (_comparable(word) for word in _signed(folded) if word not in _SPACING)
    return tuple(words)


def numbers_of(tokens: tuple[str, ...]) -> list[str]:
    """The numbers among comparable words, in their order."""
    return [token for token in tokens if _NUMBER.fullmatch(token)]


def title_key(title: str) -> str:
    """A heading without its number, in small letters."""
    return " ".join(tokens_of(_HEADING_NUMBER.sub("", title)))


def _unnumbered(match: re.Match[str]) -> str:
    """`Theorems 3 and 4` and `Theorem 5` point at something, whatever its number is by now."""
    return f"{match['one'] or match['several'].rstrip('s')} "


def _signed(text: str) -> Iterator[str]:
    """Words, signs and numbers; a minus that belongs to a number stands with it, that of a difference does not."""
    before, is_negative = "", False
    for match in _TOKEN.finditer(text):
        word, after = match[0], text[match.end() : match.end() + 1]
        if word == "-" and after.isdigit() and _begins_a_number(before, text[: match.start()][-1:]):
            is_negative = True
            continue
        yield f"-{word}" if is_negative else word
        if word not in _SPACING or word == "{":
            before = word
        is_negative = False


def _begins_a_number(before: str, gap: str) -> bool:
    is_word = len(before) > 1 and before.isalpha()
    return not before or before in _BEFORE_A_SIGN or (is_word and gap in ("", " ", "\n", "$"))


def _comparable(word: str) -> str:
    if word.lstrip("-")[:1].isdigit():
        return re.sub(r",(?=\d{3})", "", word)
    return word if word.startswith("\\") else _IN_WORDS.get(word.casefold(), word.casefold())
