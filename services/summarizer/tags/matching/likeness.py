"""How sure it is that two tags are one: a cosine, against what the kind of difference between their words asks for.

A cosine alone takes a kind for its species (`active galactic nuclei`, `radio active galactic nuclei`) as readily as
two names of one thing; what differs between the words tells more. The thresholds are the lowest at which both kinds of
tags that were looked at, of astronomers and of programmers, came out right (docs/tags.md).
"""

from collections import Counter
from collections.abc import Iterable, Set
from difflib import SequenceMatcher
from typing import NamedTuple

from services.summarizer.tags.matching.forms import TagForm
from services.summarizer.tags.matching.guards import is_one_of_several, must_differ
from shared.text.tag_words import Words, has_other_letters, join_words

_FILLERS_TEXT = """
    algorithm approach based class concept effect framework kind language library method methodology phenomenon problem
    procedure programming related scheme software system technique technology topic type use using
    """
_FILLERS = frozenset(_FILLERS_TEXT.split())
"""Words that name a sort of thing and say nothing of which."""
_DISTINGUISHING_TEXT = """
    active adaptive advanced augmented bayesian deep dense double dynamic early extended extreme far fast general giant
    global graph heavy high higher hybrid hyper inverse large late local long low lower massive meta mini mobile modern
    multi near neural new non novel old open optimal partial post pre quantum robust short single slow small sparse
    special stochastic strong super temporal ultra upper weak web weighted wide
    """
_DISTINGUISHING = frozenset(_DISTINGUISHING_TEXT.split())
"""Adjectives that make a kind of what follows."""
_LINKING = frozenset({"of", "the", "for", "in", "on", "to", "with", "by"})
_FEWEST_ALTERNATIONS, _SHARE_ALTERNATING = 5, 0.5
_CLOSE_LETTERS = 0.8
NEVER = 2.0
"""A threshold that no cosine reaches."""


class Thresholds(NamedTuple):
    """The least cosine at which tags are one, by what differs between their words."""

    same_stems: float = 0.87
    other_order: float = 0.93
    other_head: float = 0.96
    filler: float = 0.86
    head_dropped: float = 0.90
    kind_dropped: float = 0.955
    close_letters: float = 0.90
    one_word: float = 0.93
    several_words: float = 0.93


_DEFAULT = Thresholds()


def least_cosine(
    one: TagForm, other: TagForm, fillers: Set[str] = _FILLERS, thresholds: Thresholds = _DEFAULT
) -> float:
    """From which cosine on two tags are one; more than 1 where they never are, 0 where their spelling says it."""
    if one.key == other.key:
        return 0.0
    if must_differ(one.meant, other.meant) or has_other_letters(one.raw) or has_other_letters(other.raw):
        return NEVER  # to a model of English, all words of Chinese are the same unknown one
    here, there = _content(one), _content(other)
    if here == there:
        return thresholds.same_stems
    if sorted(here) == sorted(there):
        return thresholds.other_order if here[-1:] == there[-1:] else thresholds.other_head
    shorter, longer = sorted((one, other), key=lambda form: len(_content(form)))
    missing, more = _only_in(shorter, longer), _only_in(longer, shorter)
    if not missing and more:
        return _dropped(_content(shorter), longer, more, fillers, thresholds)
    if set(more) | set(missing) <= fillers:
        return thresholds.filler + 0.02
    if len(missing) == len(more) == 1:
        close = SequenceMatcher(None, missing[0], more[0]).ratio() >= _CLOSE_LETTERS
        return thresholds.close_letters if close else thresholds.one_word
    return thresholds.several_words if not set(more) & _DISTINGUISHING ^ set(missing) & _DISTINGUISHING else NEVER


def fillers_among(forms: Iterable[TagForm]) -> frozenset[str]:
    """Words that say little among these tags: those of the general list, and those that often stand or not.

    Where `Cepheid variable stars` stands beside `Cepheid stars`, and so for other tags, `variable` is one.
    """
    words_of = {form.meant for form in forms if len(form.meant) < 8}
    keys = {join_words(words) for words in words_of}
    counts, alternating = Counter[str](), Counter[str]()
    for words in words_of:
        for at, word in enumerate(words):
            counts[word] += 1
            rest = words[:at] + words[at + 1 :]
            alternating[word] += bool(rest) and join_words(rest) in keys
    learned = {
        word
        for word, count in alternating.items()
        if count >= _FEWEST_ALTERNATIONS and count >= _SHARE_ALTERNATING * counts[word]
    }
    return _FILLERS | {word for word in learned - _DISTINGUISHING if not is_one_of_several(word)}


def _dropped(shorter: Words, longer: TagForm, more: list[str], fillers: Set[str], thresholds: Thresholds) -> float:
    """A tag has all words of another, and some more."""
    if any(word in _DISTINGUISHING or is_one_of_several(word) for word in more if word != longer.meant[-1]):
        return NEVER
    if set(more) <= fillers:
        return thresholds.filler
    heads = _content(longer)[: len(shorter)] == shorter
    return thresholds.head_dropped if heads and len(more) == 1 else thresholds.kind_dropped


def _content(form: TagForm) -> Words:
    """The stems without words that only link."""
    return tuple(stem for stem, word in zip(form.stems, form.meant, strict=True) if word not in _LINKING)


def _only_in(form: TagForm, other: TagForm) -> list[str]:
    """The words of a tag whose stems the other has not."""
    stems = set(other.stems)
    return [
        word for word, stem in zip(form.meant, form.stems, strict=True) if stem not in stems and word not in _LINKING
    ]
