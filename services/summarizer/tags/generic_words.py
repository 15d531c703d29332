"""Words that fit any paper: they never become tags.

Some fit any paper of any field (`method`, `experimental results`); others any paper of one category, which is learned
from how many of its papers have them (`neural network` in cs.LG).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from services.summarizer.tags.key_phrases import papers_with
from services.summarizer.tags.stop_words import STOP_WORDS
from shared.store.papers.metadata import Paper
from shared.text.tag_words import normal_word, tag_words

_MORE = """
accuracy advance algorithm analysis application area art assumption author baseline behavior calculation capability
characteristic comparative comparison component computation concept contribution data development direction discussion
empirical error evidence experimental field figure formulation foundation future goal guarantee hypothesis
idea improvement input insight interaction introduction investigation item learning mechanism metric module
motivation numerical objective observation optimal output overview parameter pattern perspective phenomenon pipeline
practical preliminary process prediction program project proof proposal publication quantitative qualitative reader
reason reference region review robust sample scenario science scientific section sensitivity series signal simulation
software source space stage state statistic step summary supplementary survey target technology text theorem theory
tool training trend tutorial user utility validation world
"""
_FITS_ANY = {normal_word(word) for word in (*STOP_WORDS, *_MORE.split())}
_FEWEST_PAPERS, _SHARE = 50, 0.15


def fits_any_paper(phrase: str) -> bool:
    """Whether a phrase has nothing but words that every paper uses: `method`, `novel approaches`, `2024`."""
    words = tag_words(phrase)
    return all(word in _FITS_ANY or not any(char.isalpha() for char in word) for word in words)


class CommonPhrases:
    """How common phrases are among the papers of each category."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        texts: dict[str, list[str]] = defaultdict(list)
        for paper in papers:
            texts[paper.primary_category].append(" ".join(paper.text.split()).casefold())
        self._texts = texts
        self._corpora: Mapping[str, str] = {category: "\n".join(lines) for category, lines in texts.items()}

    def is_common(self, phrase: str, category: str) -> bool:
        """Whether so many papers of a category have a phrase that it tells them apart no more."""
        papers = len(self._texts.get(category, ()))
        return papers >= _FEWEST_PAPERS and papers_with(phrase, self._corpora[category]) > _SHARE * papers

    def is_shared(self, phrase: str, fewest: int) -> bool:
        """Whether at least so many papers of any category have it."""
        return sum(papers_with(phrase, corpus) for corpus in self._corpora.values()) >= fewest

    def __len__(self) -> int:
        return sum(map(len, self._texts.values()))
