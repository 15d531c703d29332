"""Which papers a reference may mean where it names no arXiv id: by title and first author's name.

Most bibliographies give no arXiv id. A wrong match would need the same title and the same name.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from shared.store.papers.documents import Reference
from shared.store.papers.metadata import Paper

_WORD = re.compile(r"[^\W_]+")
_BEGINNING = 3
_FEWEST_LETTERS = 16


class TitleIndex:
    """The titles of some papers, found in references by their first words."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self._titles: defaultdict[tuple[str, ...], list[tuple[tuple[str, ...], str, str]]] = defaultdict(list)
        for paper in papers:
            words, name = title_words(paper.title), family_name(paper)
            if is_telling(words) and name:
                self._titles[words[:_BEGINNING]].append((words, name, paper.paper_id))

    def find(self, words: tuple[str, ...]) -> str | None:
        """The paper whose whole title and first author stand among these words of a reference; the longest wins."""
        found: list[tuple[int, str]] = []
        for start in range(len(words) - _BEGINNING + 1):
            for title, name, paper_id in self._titles.get(words[start : start + _BEGINNING], ()):
                if words[start : start + len(title)] == title and name in words:
                    found.append((len(title), paper_id))
        return max(found)[1] if found else None


def often_begun(
    bibliographies: Iterable[Collection[tuple[str, ...]]], titles: Iterable[tuple[str, str]], at_least: int
) -> list[str]:
    """Of very many papers with their titles, those whose title begins as words in so many bibliographies do."""
    counts: Counter[int] = Counter()
    for references in bibliographies:
        counts.update({key for words in references for key in _beginnings(words)})
    common = {key for key, count in counts.items() if count >= at_least}
    if not common:
        return []
    return [paper_id for paper_id, title in titles if hash(title_words(title)[:_BEGINNING]) in common]


def _beginnings(words: tuple[str, ...]) -> Iterable[int]:
    return (hash(words[start : start + _BEGINNING]) for start in range(len(words) - _BEGINNING + 1))


def paper_of(reference: Reference, titles: TitleIndex) -> str | None:
    """The id in a reference, or that of the paper whose title it gives; None where neither is known."""
    return reference.arxiv_id or titles.find(title_words(reference.text))


def title_words(text: str) -> tuple[str, ...]:
    """The words of a title or a reference without accents, case, TeX and punctuation."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return tuple(
        _WORD.findall("".join(char for char in plain if not unicodedata.combining(char) and char not in "{}$\\"))
    )


def is_telling(words: tuple[str, ...]) -> bool:
    """Whether a title is long enough not to stand in another reference by chance."""
    return len(words) >= _BEGINNING and sum(map(len, words)) >= _FEWEST_LETTERS


def family_name(paper: Paper) -> str:
    """The last word of the first author's name, as it stands among `title_words`."""
    words = title_words(paper.authors[0]) if paper.authors else ()
    return words[-1] if words else ""
