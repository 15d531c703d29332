"""Tags as a tree: each under the broader tags that it is filed under. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.store.tagging.tags import TagIndex


@dataclass(frozen=True)
class TagNode:
    """A tag with how many papers have it, and the tags filed under it."""

    name: str
    label: str
    count: int
    children: tuple["TagNode", ...] = ()

    @property
    def size(self) -> int:
        """How many tags this one and all below it are."""
        return 1 + sum(child.size for child in self.children)


def tree_of(tags: Sequence[tuple[str, int]], index: TagIndex) -> list[TagNode]:
    """The tags that lie under no other, in the order given. A tag with two parents lies under both.

    Parents that no paper has are passed over; tags that are each other's parents are all roots.
    """
    counts = dict(tags)
    parents = {name: _parents(name, index, counts) for name in counts}
    children: dict[str, list[str]] = {}
    for name in counts:
        for parent in parents[name]:
            children.setdefault(parent, []).append(name)
    return [_node(name, counts, children, index, ()) for name in counts if not parents[name]]


def matching(tags: Sequence[tuple[str, int]], index: TagIndex, query: str) -> list[TagNode]:
    """The tags whose label or another name of theirs has the query in it, in the order given."""
    wanted = query.casefold()
    return [
        TagNode(name, label_of(name, index), count)
        for name, count in tags
        if any(wanted in known.casefold() for known in (label_of(name, index), *_aliases(name, index)))
    ]


def label_of(name: str, index: TagIndex) -> str:
    """As people read it; the name with spaces for hyphens where the index does not have the tag."""
    tag = index.canonical_tags.get(name)
    return tag.label if tag else name.replace("-", " ")


def _aliases(name: str, index: TagIndex) -> tuple[str, ...]:
    tag = index.canonical_tags.get(name)
    return tag.aliases if tag else ()


def _parents(name: str, index: TagIndex, counts: Mapping[str, int]) -> list[str]:
    """The parents that papers have, without those that have this tag above them."""
    tag = index.canonical_tags.get(name)
    found = index.parents_of(tag) if tag else ()
    return [parent for parent in found if parent in counts and name not in _above(parent, index)]


def _above(name: str, index: TagIndex) -> set[str]:
    above: set[str] = set()
    waiting = [name]
    while waiting:
        tag = index.canonical_tags.get(waiting.pop())
        parents = set(index.parents_of(tag)) - above if tag else set()
        above |= parents
        waiting += parents
    return above


def _node(
    name: str,
    counts: Mapping[str, int],
    children: Mapping[str, Sequence[str]],
    index: TagIndex,
    path: tuple[str, ...],
) -> TagNode:
    below = (child for child in children.get(name, ()) if child not in path)
    nodes = tuple(_node(child, counts, children, index, (*path, name)) for child in below)
    return TagNode(name, label_of(name, index), counts[name], nodes)
