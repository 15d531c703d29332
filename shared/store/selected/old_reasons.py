"""Reasons of picks as selections held them before 2026-11-22, in the words of today: a sentence, and its numbers."""

import re

_QUOTED = r'["“](?P<title>.*)["”](?: \(cosine (?P<cosine>-?[\d.]+)\))?'
_LIKED = re.compile(rf"because you liked {_QUOTED}", re.DOTALL)
_SEED = re.compile(rf"close to your seed {_QUOTED}", re.DOTALL)
_DISLIKED = re.compile(rf"despite disliking {_QUOTED}", re.DOTALL)
_COSINE = re.compile(r" \(cosine (-?[\d.]+)\)$")
_RENAMED = {"close to nothing you liked; the best of what is there": "no close match; best of the rest"}

Reasons = tuple[str, ...]


def in_new_words(reasons: Reasons) -> tuple[Reasons, Reasons]:
    """The reasons and their details; what is in the words of today already stays as it is."""
    found = {kind: _matches(kind, reasons) for kind in (_LIKED, _SEED, _DISLIKED)}
    cosines = [pair for reason in reasons if (pair := _with_cosine(reason))]
    rest = tuple(
        _RENAMED.get(reason, _COSINE.sub("", reason))
        for reason in reasons
        if not any(kind.fullmatch(reason) for kind in found)
    )
    named = [
        *(f"like “{title}”, which you liked" for title in found[_LIKED]),
        *(f"like your seed “{title}”" for title in found[_SEED]),
    ][:1]
    against = [f"like “{title}”, which you disliked" for title in found[_DISLIKED]][:1]
    if not against:
        return (*named, *rest), tuple(cosines)
    spoken, others = (named, rest) if named else (list(rest[:1]), rest[1:])
    return ((", but also ".join([*spoken, *against])), *others), tuple(cosines)


def _matches(kind: re.Pattern[str], reasons: Reasons) -> list[str]:
    return [match["title"] for reason in reasons if (match := kind.fullmatch(reason))]


def _with_cosine(reason: str) -> str:
    for kind in (_LIKED, _SEED, _DISLIKED):
        if (match := kind.fullmatch(reason)) and match["cosine"]:
            return f"“{match['title']}”: cosine {match['cosine']}"
    match = _COSINE.search(reason)
    return f"cosine {match[1]}" if match else ""
