"""The page of a tag, or of a category."""

from dataclasses import dataclass

from services.publisher.library.tags.decision_words import ShownDecision, shown_decisions
from services.publisher.pages.cards import Card, build_cards
from services.publisher.records.ratings import Ratings
from services.publisher.records.records import Records
from services.publisher.records.tag_slugs import tag_slug
from shared.categories import name_of
from shared.category_facets import categories_named
from shared.contracts import FollowKind

_PAGE = 20
_SHOWN_DECISIONS = 20


@dataclass(frozen=True)
class TagPage:
    """A tag or category with a page of its papers, newest first; `parents` and `children` are names of tags.

    `slug` is that of a tag of the index, empty for a category: only the former can be merged, renamed, filed.
    `followable` is its kind, its value and its name as a follow.
    """

    label: str
    total: int
    cards: list[Card]
    number: int = 1
    description: str = ""
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    children: tuple[str, ...] = ()
    followable: tuple[FollowKind, str, str] | None = None
    slug: str = ""
    kind: str = "tag"
    decisions: tuple[ShownDecision, ...] = ()

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // _PAGE))


def build_tag(records: Records, ratings: Ratings, slug: str, number: int = 1) -> TagPage | None:
    """None where no paper has the tag, or it does not count."""
    name, paper_ids = records.tags.papers(slug)
    if not name:
        return None
    index, tag = records.tags.index(), records.tags.of(name)
    used = {name for name, _ in records.tags.counts()}
    return TagPage(
        label=records.tags.label(name),
        total=len(paper_ids),
        cards=build_cards(records, ratings, _of_page(paper_ids, number)),
        number=number,
        description=tag.description if tag else "",
        aliases=tag.aliases if tag else (),
        parents=tuple(parent for parent in index.parents_of(tag) if parent in used) if tag else (),
        children=tuple(child for child in index.children(name) if child in used) if tag else (),
        followable=("tag", name, records.tags.label(name)),
        slug=tag.slug if tag else "",
        decisions=_decisions(records, tag.slug) if tag else (),
    )


def build_category(records: Records, ratings: Ratings, category: str, number: int = 1) -> TagPage | None:
    """None where no summarised paper is in the category."""
    paper_ids = records.tags.in_category(category)
    if not paper_ids:
        return None
    cards = build_cards(records, ratings, _of_page(paper_ids, number))
    return TagPage(
        f"{category} · {name_of(category)}",
        len(paper_ids),
        cards,
        number,
        kind="category",
        followable=("category", category, category),
    )


def _of_page(paper_ids: list[str], number: int) -> list[str]:
    return paper_ids[_PAGE * (number - 1) : _PAGE * number]


def _decisions(records: Records, slug: str) -> tuple[ShownDecision, ...]:
    history = records.tags.history()
    return tuple(shown_decisions(history.about(slug)[:_SHOWN_DECISIONS], history.standing, records.tags.index()))


def moved_to(records: Records, slug: str) -> str | None:
    """The address that takes the place of a tag's: of the one it was merged into, or of its category."""
    target = records.tags.index().canonical(slug)
    if target is not None and tag_slug(target) != slug:
        return f"/tag/{tag_slug(target)}"
    with_papers = {category for category, _ in records.tags.categories()}
    categories = [category for category in categories_named(slug.replace("-", " ")) if category in with_papers]
    return f"/category/{categories[0]}" if categories else None
