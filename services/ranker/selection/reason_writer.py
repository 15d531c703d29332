"""Writes the reasons of picks and recommendations: looks up the titles and ratings that they name."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.learning.taste import Taste
from services.ranker.seeds.seeds import is_paper
from services.ranker.selection.reasons import Named, Reasons, mentions_of, reasons_of
from shared.contracts import Match
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import Matrix


class ReasonWriter:
    """Reads metadata and ratings."""

    def __init__(self, metadata: MetadataStore, ratings: RatingStore) -> None:
        self._metadata, self._ratings = metadata, ratings

    def write(
        self, taste: Taste, vectors: Mapping[str, Matrix], matches: Mapping[str, Match], day: date
    ) -> dict[str, Reasons]:
        """The reasons of papers with these vectors (length 1) and matches, as they read on a day."""
        papers = self._metadata.get(vectors)
        mentions = {
            paper_id: mentions_of(taste, vector, bag_of_paper(papers.get(paper_id)))
            for paper_id, vector in vectors.items()
        }
        names = {name for mentioned in mentions.values() for name in mentioned.names}
        named = Named(titles_of(self._metadata, names), self._ratings.current(taste.user), day)
        return {
            paper_id: reasons_of(taste, mentioned, matches.get(paper_id, ""), named)
            for paper_id, mentioned in mentions.items()
        }


def titles_of(metadata: MetadataStore, names: Iterable[str]) -> dict[str, str]:
    """The titles of those names that are papers whose metadata is stored."""
    return {paper_id: paper.title for paper_id, paper in metadata.get(filter(is_paper, names)).items()}
