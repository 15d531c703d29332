"""The page of a tag, of a category, and the list of both."""

from dataclasses import dataclass

from services.publisher.pages.cards import Card, build_cards
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.records.tag_slugs import tag_slug
from shared.categories import name_of
from shared.category_facets import categories_named
from shared.contracts import FollowKind

_MAX_SHOWN = 200


@dataclass(frozen=True)
class TagPage:
    """A tag or category with its newest papers; `parents` and `children` are names of tags.

    `followable` is its kind, its value and its name as a follow.
    """

    label: str
    total: int
    cards: list[Card]
    description: str = ""
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    followable: tuple[FollowKind, str, str] | None = None


def build_tag(records: Records, ratings: Ratings, slug: str) -> TagPage | None:
    """None where no paper has the tag, or it does not count."""
    name, paper_ids = records.tagged(slug)
    if not name:
        return None
    index, tag = records.tag_index(), records.tag(name)
    used = {name for name, _ in records.tags()}
    return TagPage(
        label=records.tag_label(name),
        total=len(paper_ids),
        cards=build_cards(records, ratings, paper_ids[:_MAX_SHOWN]),
        description=tag.description if tag else "",
        aliases=tag.aliases if tag else (),
        parents=tuple(parent for parent in index.parents_of(tag) if parent in used) if tag else (),
        children=tuple(child for child in index.children(name) if child in used) if tag else (),
        followable=("tag", name, records.tag_label(name)),
    )


def build_category(records: Records, ratings: Ratings, category: str) -> TagPage | None:
    """None where no summarised paper is in the category."""
    paper_ids = records.in_category(category)
    if not paper_ids:
        return None
    cards = build_cards(records, ratings, paper_ids[:_MAX_SHOWN])
    label = f"{category} · {name_of(category)}"
    return TagPage(label, len(paper_ids), cards, followable=("category", category, category))


def moved_to(records: Records, slug: str) -> str | None:
    """The address that takes the place of a tag's: of the one it was merged into, or of its category."""
    target = records.tag_index().canonical(slug)
    if target is not None and tag_slug(target) != slug:
        return f"/tag/{tag_slug(target)}"
    with_papers = {category for category, _ in records.categories()}
    categories = [category for category in categories_named(slug.replace("-", " ")) if category in with_papers]
    return f"/category/{categories[0]}" if categories else None
