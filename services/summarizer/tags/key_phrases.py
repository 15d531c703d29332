"""Key phrases of a paper, from its title and abstract.

Candidates are runs of content words between stop words and punctuation (RAKE: Rose et al., 2010), scored by degree and
frequency of their words; with vectors they are scored by similarity to the paper (KeyBERT) and thinned by maximal
marginal relevance (Carbonell & Goldstein, 1998), so that six phrases are not six spellings of one.
"""

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.summarizer.tags.stop_words import STOP_WORDS
from services.summarizer.text.passages import plain_text
from services.summarizer.vectors import Matrix
from shared.text.tag_words import tag_key

_MOST_WORDS = 3
_MOST_CANDIDATES = 48
_TITLE_FACTOR = 1.5
_DIVERSITY = 0.4
_FORMULA = re.compile(r"\$[^$]*\$|\\[A-Za-z]+|https?://\S+")
_BREAK = re.compile(r"[^\w\s'’+#-]|\s-+\s|\d+(?:\.\d+)?%?")
_WORD = re.compile(r"[^\W\d_][\w+#]*(?:-[^\W_]+)*")


class Phrase(NamedTuple):
    """A candidate for a tag; `score` compares within one paper only."""

    text: str
    score: float


def candidates(title: str, abstract: str) -> list[Phrase]:
    """Likely key phrases, best first, at most 48, one spelling each. A single word must stand in the title or recur."""
    title_text, abstract_text = plain_text(title), plain_text(abstract)
    title_runs, runs = _runs(title_text), [*_runs(title_text), *_runs(abstract_text)]
    weights = _word_weights(runs)
    counts = Counter(tag_key(phrase) for run in runs for phrase in _phrases(run))
    in_title = {tag_key(phrase) for run in title_runs for phrase in _phrases(run)}
    phrases: dict[str, Phrase] = {}
    for phrase in (phrase for run in runs for phrase in _phrases(run)):
        key, words = tag_key(phrase), phrase.split()
        if key and (len(words) > 1 or (len(key) > 3 and (key in in_title or counts[key] > 2))):
            mean = sum(weights[word] for word in words) / len(words) ** 0.5
            score = mean * (1 + np.log(counts[key])) * (_TITLE_FACTOR if key in in_title else 1.0)
            phrases.setdefault(key, Phrase(phrase, float(score)))
    return sorted(phrases.values(), key=lambda phrase: (-phrase.score, phrase.text))[:_MOST_CANDIDATES]


def most_relevant(phrases: Sequence[Phrase], vectors: Matrix, paper: Matrix, limit: int) -> list[int]:
    """Positions of phrases close to the paper and unlike each other, best first. `vectors` n x d, `paper` d."""
    if not phrases:
        return []
    top = max(phrase.score for phrase in phrases) or 1.0
    closeness = vectors @ paper + 0.2 * np.array([phrase.score / top for phrase in phrases])
    likeness = vectors @ vectors.T
    chosen = [int(np.argmax(closeness))]
    while len(chosen) < min(limit, len(phrases)):
        value = (1 - _DIVERSITY) * closeness - _DIVERSITY * likeness[:, chosen].max(axis=1)
        value[chosen] = -np.inf
        chosen.append(int(np.argmax(value)))
    return chosen


def papers_with(phrase: str, corpus: str) -> int:
    """In how many papers of a corpus (lower case, one paper a line) a phrase stands, plural or not."""
    sought = phrase.casefold().removesuffix("s")
    count, at = 0, corpus.find(sought)
    while at >= 0:
        if at == 0 or not corpus[at - 1].isalnum():
            count += 1
            at = corpus.find("\n", at)
            if at < 0:
                break
        at = corpus.find(sought, at + 1)
    return count


def _runs(text: str) -> list[list[str]]:
    """Runs of content words, in lower case save for names such as BERT."""
    runs: list[list[str]] = []
    for part in _BREAK.split(_FORMULA.sub(" . ", text)):
        run: list[str] = []
        for word in _WORD.findall(part):
            if word.casefold() in STOP_WORDS or word.casefold().endswith("ly") or len(word) < 2:
                runs.append(run)
                run = []
            else:
                run.append(_cased(word))
        runs.append(run)
    return [run for run in runs if run]


def _cased(word: str) -> str:
    parts = word.split("-")
    return "-".join(part if sum(char.isupper() for char in part) > 1 else part.casefold() for part in parts)


def _phrases(run: Sequence[str]) -> list[str]:
    """A run of up to three words whole; of a longer one every piece of two or three; and its single words."""
    sizes = {len(run)} if len(run) <= _MOST_WORDS else {2, 3}
    pieces = [run[i : i + size] for size in sorted(sizes | {1}) for i in range(len(run) - size + 1)]
    return [" ".join(piece) for piece in pieces]


def _word_weights(runs: Sequence[Sequence[str]]) -> dict[str, float]:
    """RAKE's degree / frequency of each word."""
    frequency, degree = Counter[str](), Counter[str]()
    for run in runs:
        for word in run:
            frequency[word] += 1
            degree[word] += min(len(run), _MOST_WORDS)
    return {word: degree[word] / frequency[word] for word in frequency}
