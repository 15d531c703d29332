"""Which ratings are exported: those that stand, or everything that was ever said."""

from services.publisher.outlets.exports.ratings.rating_formats import RatedPapers
from shared.store.papers.metadata import MetadataStore
from shared.store.people.preferences import RatingStore


def rated_papers(
    ratings: RatingStore, metadata: MetadataStore, user: str, *, with_history: bool = False
) -> RatedPapers:
    """A user's ratings, oldest first."""
    standing = sorted(ratings.current(user).values(), key=lambda rating: rating.occurred_at)
    chosen = ratings.all(user) if with_history else standing
    return RatedPapers(chosen, metadata.get({rating.paper_id for rating in chosen}))
