"""The papers that a person knows: liked, saved or opened, and since when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

from services.publisher.records.ratings import Ratings

How = Literal["liked", "saved", "opened"]


class ReadPaper(NamedTuple):
    """How a paper is known, by the word that says most, and since when."""

    paper_id: str
    how: How
    at: datetime


def read_papers(ratings: Ratings) -> Mapping[str, ReadPaper]:
    """By paper id; what was disliked or skipped is not counted as known."""
    current = ratings.current()
    library = ratings.library
    known = {paper_id: ReadPaper(paper_id, "opened", at) for paper_id, at in library.opened().items()}
    known |= {paper_id: ReadPaper(paper_id, "saved", at) for paper_id, at in library.saved().items()}
    known |= {
        paper_id: ReadPaper(paper_id, "liked", rating.occurred_at)
        for paper_id, rating in current.items()
        if rating.label == "like"
    }
    against = {paper_id for paper_id, rating in current.items() if rating.label == "dislike"} | set(library.skipped())
    return {paper_id: read for paper_id, read in known.items() if read.how == "liked" or paper_id not in against}
