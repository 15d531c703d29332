"""Symbols of formulas and the words that define them: "where $x$ denotes the input", "let $G$ be a graph".

Only sentences that say outright what a symbol is count as definitions ("$x$ is the ...", "denoted by $x$"); a symbol
that merely stands behind its noun ("the learning rate $\\eta$") is a weaker one, used where there is no other.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from services.publisher.reading.definitions.sentence_places import ATOM, formulas_of, masked

_GREEK = (
    "alpha|beta|gamma|delta|epsilon|varepsilon|zeta|eta|theta|vartheta|iota|kappa|lambda|mu|nu|xi|pi|varpi|rho|varrho"
    "|sigma|varsigma|tau|upsilon|phi|varphi|chi|psi|omega|Gamma|Delta|Theta|Lambda|Xi|Pi|Sigma|Upsilon|Phi|Psi|Omega|ell"
    "|hbar"
)
_FONTS = (
    "mathbf|mathcal|mathrm|mathbb|mathfrak|mathsf|mathit|boldsymbol|bm|hat|widehat|tilde|widetilde|bar|overline|vec|dot"
    "|operatorname|text|textbf|textit|textrm|rm|bf|cal"
)
_LETTER = rf"(?:\\(?:{_GREEK})(?![A-Za-z])|[A-Za-z])"
_GROUP = r"\{(?:[^{}]|\{[^{}]*\})*\}"
_BASE = rf"(?:\\(?:{_FONTS})\s*(?:{_GROUP}|{_LETTER})|{_LETTER})"
_SCRIPT = rf"(?:{_GROUP}|\\[A-Za-z]+|[^\s\\{{}}])"
SYMBOL = re.compile(rf"(?<![\\A-Za-z])({_BASE})((?:\s*[_^]\s*{_SCRIPT}|'){{0,3}})")
"""A letter, with what marks it and what stands above and below it."""
_HEAD = re.compile(
    rf"\s*({SYMBOL.pattern})\s*"
    r"(?=\Z|=|:|\\in\b|\\colon\b|\\subset|\\equiv|\\triangleq|\\sim\b|\(|\\left\(|,|\\ge|\\le|>|<)"
)
_WORDS = (
    r"(?P<words>(?:[^.;,\x00]|\x00++(?!\s*(?:is|are|denotes?|represents?|stands?|refers)\b)"
    r"|,(?=\s*(?:which|that|i\.e\.)))+)"
)
_ATOM = rf"{ATOM}+"
_LIST = rf"(?P<atoms>{_ATOM}(?:\s*(?:,\s*and|,|and|or)\s*{_ATOM}){{0,3}})"
_ONE = rf"(?P<atoms>{_ATOM})"
_A = r"(?P<article>the|an?|any|some|our|its|their|two|three|four|each|another|one)"
_SAYS = r"(?:denotes|represents|stands for|refers to|is defined as|is called|indicates)"
_SAY = r"(?:denote|represent|stand for|refer to|are defined as|are called|indicate|being|denoting)"
_AFTER = (
    rf"\b[Ll]et\s+{_LIST}\s+(?:be|denote|represent|stand for)\s+{_A}\s+{_WORDS}",
    rf"{_ONE}\s+{_SAYS}\s+{_WORDS}",
    rf"{_LIST}\s+{_SAY}\s+{_WORDS}",
    rf"{_ONE}\s+is\s+{_A}\s+{_WORDS}",
    rf"{_LIST}\s+are\s+{_A}\s+{_WORDS}",
    rf"\b(?:[Dd]enote|[Ww]rite)\s+by\s+{_LIST}\s+{_WORDS}",
    rf"\b[Ww]e\s+(?:write|use)\s+{_LIST}\s+(?:for|to denote|to represent|to refer to|as)\s+{_WORDS}",
)
_GOVERNED = re.compile(r"\b(?:of|on|for|in|to|by|with|over|at|from|than|about|between|under|per)\s+\Z|[\x00=<>]\s*\Z")
"""What makes a symbol a part of something else, which is then what the sentence speaks of."""
_DENIED = re.compile(r"\b(?:not|never|neither|whether|unless|if)\b[^,;:]*\Z", re.I)
"""Before what is not said to be so: "if $G$ is a tree", "we do not assume that $G$ is a group"."""
_GOES_ON = re.compile(
    rf"(?:,\s*(?!(?:and|where|we|with|which)\b)[^.,;{ATOM}]{{1,40}}?){{0,3}},?\s+and\s+(?!(?:we|it|they|then)\b)[^.,;{ATOM}]{{1,60}}"
)
"""The rest of "the numbers of users, items and clusters", which is said of three symbols."""
_SEVERAL = 3
_NOUN = r"(?P<words>(?:(?:[Tt]he|[Aa]n?|[Ee]ach|[Oo]ur|[Ii]ts)\s+)(?:[a-zA-Z’-]+\s+){0,5}?[a-zA-Z’-]{3,})"
_BEFORE = (
    rf"{_NOUN},?\s+(?:is |are |which is )?(?:denoted|represented|given|written)(?:\s+(?:by|as))\s+{_LIST}",
    rf"\b(?:[Dd]enote|call)\s+{_NOUN}\s+(?:by|as)\s+{_LIST}",
)
_BESIDE = (rf"\b{_NOUN}\s+{_ONE}(?=[\s,.;:)])",)
_NOUNS = frozenset(Path(__file__).with_name("nouns.txt").read_text("utf-8").split())
"""What a symbol right behind its noun usually stands for; behind other words it explains nothing."""
_VERBS = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|represents?|uses?|using|used|shows?|denotes?|gives?|computes?|solves?|increase"
    r"|will|above|below|can|may|that|which|where|when|as|and|or|but|we|it|they|not|first|same|different|other)\b",
    re.I,
)
_DETERMINER = re.compile(r"\b(?:the|an?|each|every|our|its)\s", re.I)
_OF = re.compile(r"\s(of|for|with|in|on|to|at|by|from|over)\s")
_FEWEST, _MOST_WORDS, _LONGEST_SENTENCE = 3, 160, 3_000
_CITATION = re.compile(r"\s*\[[^\[\]]*@[^\[\]]*\]")
_CLAUSE = re.compile(
    r"\s(?:and|where|but|so|while|since|because|if)\s(?=(?:we|it|they|this|these|there|in|then|for|let)\b|\$)"
)
_TRAILING = re.compile(r"\s+(?:and|or|where|with|while|when|which|that|for|of|in|if|so|such|as|is|are)\Z")


class SymbolDefinition(NamedTuple):
    """A symbol as the text writes it, the words that define it, where it stands; `is_outright` where they say so."""

    symbol: str
    words: str
    at: int
    is_outright: bool


def symbol_key(symbol: str) -> str:
    """One spelling of a symbol: `h_{t}`, `h _t` and `h_t` are the same."""
    key = re.sub(r"\\(?:,|;|!|:|quad|qquad|left|right|displaystyle|limits)(?![A-Za-z])", "", symbol)
    key = re.sub(r"\\(?:boldsymbol|bm|textbf|bf)(?![A-Za-z])", r"\\mathbf", key)
    key = re.sub(r"\\(?:rm|textrm|text|operatorname)(?![A-Za-z])", r"\\mathrm", key)
    key = re.sub(r"\s+", " ", key).strip()
    key = re.sub(r"\s*([_^{}'])\s*", r"\1", key)
    key = re.sub(r"(\\[A-Za-z]+) (?=[A-Za-z\\])", r"\1 ", key)
    previous = ""
    while previous != key:
        previous = key
        key = re.sub(r"([_^])\{(\\[A-Za-z]+|[^\\{}])\}", r"\1\2", key)
        key = re.sub(r"(\\[A-Za-z]+)(?:\{([A-Za-z])\}| ([A-Za-z]))(?=\Z|[_^'])", r"\1{\2\3}", key)
    return key


def symbols_in(formula: str) -> list[tuple[str, str]]:
    """Each symbol of a formula, whole, and without what stands above and below it, as keys and in order."""
    return [(symbol_key(match[0]), symbol_key(match[1])) for match in SYMBOL.finditer(formula)]


def symbol_definitions(sentence: str) -> Iterator[SymbolDefinition]:
    """What a sentence of Markdown says of symbols; outright definitions first."""
    formulas = {start: (end, tex) for start, end, tex in formulas_of(sentence)}
    if not formulas or len(sentence) > _LONGEST_SENTENCE:
        return
    plain = masked(sentence)
    defined: set[str] = set()
    for patterns, is_outright in ((_AFTER, True), (_BEFORE, True), (_BESIDE, False)):
        for pattern in patterns:
            for match in re.finditer(pattern, plain):
                before = plain[: match.start()]
                if is_outright and (_GOVERNED.search(before[-20:]) or _DENIED.search(before)):
                    continue
                for found in _of_match(match, sentence, formulas, is_outright):
                    if symbol_key(found.symbol) not in defined:
                        defined.add(symbol_key(found.symbol))
                        yield found


def _of_match(
    match: re.Match[str], sentence: str, formulas: dict[int, tuple[int, str]], is_outright: bool
) -> Iterator[SymbolDefinition]:
    start, end = match.span("words")
    places = [at for at in formulas if match.start("atoms") <= at < match.end("atoms")]
    rest = _GOES_ON.match(match.string, end) if len(places) >= _SEVERAL else None
    end = rest.end() if rest else end
    words = f"{match.groupdict().get('article') or ''} {sentence[start:end]}".strip()
    words = " ".join(_CITATION.sub("", words).split())
    if is_outright:
        words = _CLAUSE.split(words)[0]
        words = _balanced(words)
        while (shorter := _TRAILING.sub("", words)) != words:
            words = shorter
    else:
        words = _nearest_noun(words)
    if not _FEWEST <= len(words) <= _MOST_WORDS or words.startswith(("not ", "the same")):
        return
    if not is_outright and (_VERBS.search(words) or words.split()[-1].casefold() not in _NOUNS):
        return
    for at in places:
        for head in _heads(formulas[at][1], is_outright=is_outright):
            yield SymbolDefinition(head, words, at, is_outright)


def _balanced(words: str) -> str:
    """Without a parenthesis that is cut off, or closes what began before."""
    if words.count("(") > words.count(")"):
        return words[: words.rindex("(")].rstrip()
    return words.removesuffix(")") if words.count(")") > words.count("(") else words


def _nearest_noun(words: str) -> str:
    """What a symbol right behind these words can be: not "the label" in "the label of item $i$"."""
    last = [match.start() for match in _DETERMINER.finditer(words)][-1:]
    nearest = words[last[0] :] if last else words
    of = _OF.search(nearest)
    return nearest if of is None or (of[1] == "of" and nearest.endswith("s")) else ""


def _heads(formula: str, *, is_outright: bool) -> list[str]:
    """The symbol that a formula is about: `d` of `d = 512`; all of `x, y`; none of an expression."""
    pieces = formula.split(",")
    is_list = is_outright and all(SYMBOL.fullmatch(piece.strip()) for piece in pieces)
    heads = []
    for piece in pieces if is_list else [formula]:
        found = _HEAD.match(piece)
        rest = piece[found.end() :].strip() if found else ""
        if found and (is_outright or not rest or re.match(r"\\in\b|=", rest)):
            heads.append(found[1].strip())
    return heads
