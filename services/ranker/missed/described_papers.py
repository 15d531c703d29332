"""A missed paper as it is told: where it stood, and what the ranking did not see in it. Reads the stores."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.ranker.missed.missed_papers import Missed
from services.ranker.missed.not_seen import (
    KnownFacet,
    authors_by_novelty,
    nearest_facet,
    nearness_of,
    new_words,
    own_phrases,
)
from services.ranker.stores import RankerStores
from shared.store.papers.metadata import Paper
from shared.store.people.missed import MissedPaper
from shared.store.people.preferences import Rating
from shared.store.vectors.embeddings import Matrix

_MOST_LIKES = 1_000


def described(
    missed: Missed,
    paper: Paper,
    by_id: Mapping[str, Matrix],
    facets: Sequence[KnownFacet],
    ratings: Mapping[str, Rating],
    stores: RankerStores,
) -> MissedPaper:
    """Where one paper stood, and what the ranking did not see in it."""
    moment = missed.recorded.moment
    liked = [name for name, one in ratings.items() if one.label == "like" and one.occurred_at < moment]
    liked = liked[-_MOST_LIKES:]
    likes = list(stores.metadata.get(liked).values())
    fresh, known = authors_by_novelty(paper, likes)
    told = MissedPaper(
        paper_id=paper.paper_id,
        day=missed.recorded.day,
        rank=missed.candidate.rank or 0,
        candidates=missed.ranked,
        picks=missed.recorded.per_day,
        outcome=missed.candidate.outcome,
        found_by=missed.found_by,
        rated_at=missed.rating.occurred_at,
        likes_then=len(liked),
        new_words=tuple(new_words(own_phrases(paper), likes)) if likes else (),
        new_authors=tuple(fresh) if likes else (),
        known_authors=tuple(known),
    )
    return _placed(told, missed, by_id, facets, liked, stores) if paper.paper_id in by_id else told


def _placed(
    told: MissedPaper,
    missed: Missed,
    by_id: Mapping[str, Matrix],
    facets: Sequence[KnownFacet],
    liked: Sequence[str],
    stores: RankerStores,
) -> MissedPaper:
    """With the nearest like of then, and the nearest facet."""
    own = by_id[told.paper_id]
    names = [name for name in missed.recorded.paper_ids if name != told.paper_id and name in by_id]
    others = np.stack([by_id[name] for name in names]) if names else np.empty((0, len(own)), np.float32)
    near = nearness_of(own, others, stores.vectors.get(liked))
    facet, membership = nearest_facet(stores.vectors.of_first(own[None])[0], facets)
    return told.model_copy(
        update={
            "nearest_like": near.nearest if near else "",
            "nearer": near.nearer if near else None,
            "facet": facet.facet.name if facet else "",
            "membership": round(membership, 3),
        }
    )
