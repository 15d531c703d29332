"""The tags that an empty index starts with: established terms of the sciences, so that it does not sprawl."""

from datetime import datetime

from services.summarizer.tags.generic_words import fits_any_paper
from services.summarizer.tags.matching.abbreviations import well_known_terms
from shared.category_facets import categories_named
from shared.store.tagging.tags import Tag, slug_of


def seed_tags(made_at: datetime) -> list[Tag]:
    """A tag for each term, with its other names as aliases; none for what is a category."""
    tags: dict[str, Tag] = {}
    uses = [name for _, names in well_known_terms() for name in names]
    for label, names in well_known_terms():
        if categories_named(label) or fits_any_paper(label):
            continue
        aliases = tuple(name for name in names if uses.count(name) == 1)
        tags.setdefault(slug_of(label), Tag(slug=slug_of(label), label=label, aliases=aliases, made_at=made_at))
    return list(tags.values())
