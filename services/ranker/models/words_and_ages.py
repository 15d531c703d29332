"""The words and the ages of what a user judged, for a taste."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.ranker.features.paper_ages import days_between
from services.ranker.learning.lexicon import Bag, Lexicon, bag_of_paper, lexicon_of
from services.ranker.learning.recency_effect import RecencyEffect, fit_recency_effect
from services.ranker.learning.taste import Taste
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import Rating

_READ = 2000


class WordsAndAges:
    """Reads each judged paper once, and the newest papers once a month."""

    def __init__(self, metadata: MetadataStore) -> None:
        self._metadata = metadata
        self._bags: dict[str, Bag] = {}
        self._ordinary: list[Bag] = []
        self._published: dict[str, datetime | None] = {}
        self._months: list[str] = []

    def added(self, taste: Taste, ratings: Mapping[str, Rating]) -> Taste:
        """The same taste with the words and the ages of what was judged."""
        return replace(taste, lexicon=self._lexicon(taste), age=self._age(taste, ratings))

    def _lexicon(self, taste: Taste) -> Lexicon | None:
        """The words of what was judged against those of the newest papers; each paper is read once."""
        judged = (*taste.likes.names, *taste.dislikes.names)
        fresh = [name for name in judged if name not in self._bags]
        papers = self._metadata.get(fresh)
        self._bags |= {name: bag_of_paper(papers.get(name)) for name in fresh}
        self._published |= {name: paper.published_at for name, paper in papers.items()}
        newest = self._metadata.months()[-2:]
        if len(taste.likes) and newest != self._months:
            recent = [paper_id for month in newest for paper_id in self._metadata.rows(month)]
            drawn = self._metadata.get(recent[:: max(1, len(recent) // _READ)][:_READ])
            self._ordinary = [bag_of_paper(paper) for paper in drawn.values()]
            self._months = newest
        liked, disliked = ([self._bags[name] for name in pool.names] for pool in (taste.likes, taste.dislikes))
        return lexicon_of(liked, disliked, self._ordinary)

    def _age(self, taste: Taste, ratings: Mapping[str, Rating]) -> RecencyEffect | None:
        """The effect of the papers' ages when rated; the lexicon has read their dates."""
        named = [[name for name in pool.names if name in ratings] for pool in (taste.likes, taste.dislikes)]
        return fit_recency_effect(
            *(
                days_between([self._published.get(n) for n in names], [ratings[n].occurred_at for n in names])
                for names in named
            )
        )
