"""The list of tags: a tree, a filter, what a sweep suggests, what was decided last; and the categories."""

from dataclasses import dataclass

from services.publisher.library.tags.decision_words import ShownDecision, Suggestion, shown_decisions, suggestions_of
from services.publisher.library.tags.tag_tree import TagNode, matching, tree_of
from services.publisher.records.records import Records

_MOST_ROOTS = 300
_SHOWN_DECISIONS = 10
_SHOWN_SUGGESTIONS = 8
_BY_PEOPLE = ("user", "sweep")
_NOT_LISTED = ("propose", "map", "undo")


@dataclass(frozen=True)
class TagsPage:
    """`families` are tags with others under them, `singles` the rest; `hidden` tags are found by the filter only."""

    query: str
    total: int
    families: list[TagNode]
    singles: list[TagNode]
    hidden: int
    suggestions: list[Suggestion]
    more_suggestions: int
    decisions: list[ShownDecision]
    categories: list[tuple[str, int]]


def build_tags(records: Records, query: str, order: str = "use") -> TagsPage:
    """The page; with a query only the tags that match it. `order` is `use` or `name`."""
    index, tags = records.tags.index(), records.tags.counts()
    if order == "name":
        tags = sorted(tags, key=lambda item: records.tags.label(item[0]).casefold())
    roots = matching(tags, index, query) if query else tree_of(tags, index)
    shown = roots[:_MOST_ROOTS]
    history = records.tags.history()
    last = [made for made in reversed(history.decisions) if made.how in _BY_PEOPLE and made.action not in _NOT_LISTED][
        :_SHOWN_DECISIONS
    ]
    suggestions = suggestions_of(records.tags.proposals(), index)
    return TagsPage(
        query=query,
        total=len(tags),
        families=[node for node in shown if node.children],
        singles=[node for node in shown if not node.children],
        hidden=sum(node.size for node in roots[_MOST_ROOTS:]),
        suggestions=suggestions[:_SHOWN_SUGGESTIONS],
        more_suggestions=max(0, len(suggestions) - _SHOWN_SUGGESTIONS),
        decisions=shown_decisions(last, history.standing, index),
        categories=records.tags.categories(),
    )
