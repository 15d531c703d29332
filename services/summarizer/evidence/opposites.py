"""Whether a claim turns its quote round: a negation come or gone, a direction reversed, two sides changed.

These are signs in the words, found where claim and quote speak of the same; an opposite in other words is not seen.
"""

import re
from collections.abc import Iterator

from services.summarizer.evidence.number_words import with_digits
from services.summarizer.evidence.numbers import missing_numbers
from services.summarizer.evidence.opposite_words import (
    COMPARISON,
    CONDITIONS,
    DENIES,
    NOT,
    OPPOSITES,
    SOFT_NOT,
    TAKES_AWAY,
)
from services.summarizer.evidence.wording import content_stems, has_stem, shared_part, stem

_WORD = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)?")
_SCOPE_WORDS = 3
_COMPARED = re.compile(
    r"\b(?:outperform(?:s|ed|ing)?|surpass(?:es|ed)?|exceed(?:s|ed)?|beats?|(?:is|are|was|were|runs?|performs?|works?|"
    r"converges?)\s+(?:(?:much|far|slightly|significantly|consistently|[\d.]+\s?(?:x|×|times|%|percent))\s+)?\w+(?:er)?"
    r"\s+than|better than|worse than|faster than|more \w+ than|less \w+ than)\b",
    re.I,
)
_FROM_TO = re.compile(r"\bfrom\s+\$?([\d.,]+)\s?(?:\\?%|percent|[a-z]+)?\s+to\s+(?:only\s+)?\$?([\d.,]*\d)", re.I)
_AGREEMENT, _SAME_CLAUSE = 0.5, 0.6
_CLAUSE = re.compile(r"[;:,](?!\d)|\b(?:but|yet|while|whereas|although|though|because|since|which|so that|and)\b", re.I)
_AT_MOST = re.compile(r"\b(?:at most|up to|no more than|within|under|too)\b", re.I)
_FREE_OF = re.compile(r"\b([\w-]+?)[-‐‑]?(?:free|less)\b", re.I)
_SAME_WORDS = 0.8
_FIRST_WITHOUT = re.compile(r"^without\b", re.I)
_NO_NEGATION = re.compile(r"\bwhether or not\b|\bnot yet\b|\bnot only\b", re.I)
_CONCESSION = re.compile(r"\b(?:even (?:if|when|with|though|under)|despite|regardless|although|irrespective)\b", re.I)
_SHORTEST_PREFIXED = 4
_PREFIXES = ("un", "in", "im", "non")


def turns_round(claim: str, quote: str) -> bool:
    """Whether a claim seems to say the contrary of one quote."""
    return (
        _loses_negation(quote, claim)
        or _gains_negation(claim, quote)
        or any(_reverses_direction(claim, clause) for clause in _clauses(quote))
        or _drops_prefix(claim, quote)
        or _drops_prefix(quote, claim)
        or _changes_sides(claim, quote)
        or _swaps_ends(claim, quote)
    )


def _words(text: str) -> list[str]:
    return [re.sub("['’]", "", match.group()) for match in _WORD.finditer(text.casefold())]


def _clauses(text: str) -> list[str]:
    return [clause for clause in _CLAUSE.split(text) if clause.strip()]


def _is_negative(text: str) -> bool:
    words = _words(text)
    return any(word in NOT for word in words) or _is_softly_negative(text) or bool(_AT_MOST.search(text))


def _is_softly_negative(text: str) -> bool:
    return any(stem(word) in SOFT_NOT for word in _words(text))


def _negated(text: str, marks: frozenset[str]) -> Iterator[list[str]]:
    """For each mark of denial the stems that it bears on: the next content words."""
    words = _words(_NO_NEGATION.sub("", text))
    for at, word in enumerate(words):
        if word in marks:
            yield content_stems(" ".join(words[at + 1 : at + 8]))[:_SCOPE_WORDS]


def _loses_negation(quote: str, claim: str) -> bool:
    """A clause of the quote denies what the claim says, and the claim denies nothing."""
    return not _is_negative(claim) and any(_denies(clause, claim) for clause in _clauses(_FIRST_WITHOUT.sub("", quote)))


def _denies(clause: str, claim: str) -> bool:
    stems, ours = content_stems(claim), content_stems(clause)
    same = _agree(ours, stems, _SAME_CLAUSE) and _agree(stems, ours)
    return same and any(scope and has_stem(scope[0], stems) for scope in _negated(clause, NOT | DENIES))


def _gains_negation(claim: str, quote: str) -> bool:
    """The claim denies what the quote says, and the quote does not deny that."""
    if _CONCESSION.search(quote):
        return False
    if _is_softly_negative(quote) and (shared_part(claim, [quote]) or 0) < _SAME_WORDS:
        return False
    stems = content_stems(quote)
    denied = [word for scope in _negated(quote, NOT | DENIES | TAKES_AWAY) for word in scope]
    denied += content_stems(" ".join(_FREE_OF.findall(quote)))
    scopes = [scope for scope in _negated(claim, NOT) if scope]
    return any(has_stem(scope[0], stems) and _agree(scope, stems) and not _common(scope, denied) for scope in scopes)


def _agree(wanted: list[str], there: list[str], share: float = _AGREEMENT) -> bool:
    return _common(wanted, there) >= share * len(wanted)


def _reverses_direction(claim: str, quote: str) -> bool:
    said, given = set(_words(claim)), set(_words(quote))
    if not _agree(content_stems(claim), content_stems(quote)) or missing_numbers(claim, [quote]):
        return False
    if _is_negative_by_not(claim) != _is_negative_by_not(quote):
        return False
    for one, other in OPPOSITES:
        for ours, theirs in ((one, other), (other, one)):
            if (
                said & ours
                and not said & theirs
                and given & theirs
                and not given & ours
                and _same_neighbour(claim, quote, ours, theirs)
            ):
                return True
    return False


def _is_negative_by_not(text: str) -> bool:
    return any(word in NOT - CONDITIONS for word in _words(text))


def _drops_prefix(text: str, other: str) -> bool:
    """`explored` here, `unexplored` there and nowhere else."""
    words, others = set(_words(text)), set(_words(other))
    if _is_negative_by_not(text) or _is_negative_by_not(other) or (words | others) & COMPARISON:
        return False
    return any(
        prefix + word in others and word not in others and prefix + word not in words
        for word in words
        if len(word) > _SHORTEST_PREFIXED
        for prefix in _PREFIXES
    )


def _same_neighbour(claim: str, quote: str, ours: frozenset[str], theirs: frozenset[str]) -> bool:
    """Whether what goes up in the one goes down in the other: `lower error` is no contrary of `higher accuracy`."""
    near_ours, near_theirs = _near(claim, ours), _near(quote, theirs)
    return any(has_stem(word, near_theirs) for word in near_ours)


def _near(text: str, marks: frozenset[str]) -> list[str]:
    """Content words within four words of a mark."""
    words = _words(text)
    near = [
        word
        for at, mark in enumerate(words)
        if mark in marks
        for word in [*words[max(0, at - 4) : at], *words[at + 1 : at + 5]]
    ]
    return content_stems(" ".join(near))


def _changes_sides(claim: str, quote: str) -> bool:
    """`A outperforms B` of a quote that says `B outperforms A`."""
    ours, theirs = _COMPARED.search(claim), _COMPARED.search(quote)
    if ours is None or theirs is None or ours.group().casefold().split()[-1] != theirs.group().casefold().split()[-1]:
        return False
    left, right = content_stems(claim[: ours.start()]), content_stems(claim[ours.end() :])
    before, after = content_stems(quote[: theirs.start()]), content_stems(quote[theirs.end() :])
    straight = _common(left, before) + _common(right, after)
    crossed = _common(left, after) + _common(right, before)
    return crossed > straight and min(_common(left, after), _common(right, before)) > 0


def _common(words: list[str], others: list[str]) -> int:
    return sum(has_stem(word, others) for word in words)


def _swaps_ends(claim: str, quote: str) -> bool:
    """`from 84 to 81` of a quote that says `from 81 to 84`."""
    said = {match.groups() for match in _FROM_TO.finditer(with_digits(claim))}
    given = {match.groups() for match in _FROM_TO.finditer(with_digits(quote))}
    return any((end, start) in given and start != end for start, end in said - given)
