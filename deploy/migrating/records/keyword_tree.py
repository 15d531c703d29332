"""A tree of keywords as JSON: topics with lists of keywords, nested or not. Pure."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from deploy.migrating.tables.cells import read_words
from shared.text.rating_files.paper_mentions import mention_in

_DEEPEST = 20


class Keyword(NamedTuple):
    """A keyword, and the topic under which it stands; empty for one that stands under none."""

    name: str
    parent: str = ""


def is_keyword_tree(value: object) -> bool:
    """Whether a JSON value is such a tree: names, lists and topics, few other things among them; no lists of papers."""
    if not isinstance(value, Mapping) or not value or not _is_tree(value):
        return False
    keywords = keywords_of(value)
    return any(each.parent for each in keywords) and not any(mention_in(each.name) for each in keywords)


def keywords_of(tree: Any) -> list[Keyword]:
    """Every keyword and topic once with its parent, broader ones first."""
    return list(dict.fromkeys(_keywords(tree, "", 0)))


def odd_leaves(value: object) -> list[str]:
    """Numbers and empty places among the keywords of a tree, as JSON writes them."""
    if isinstance(value, Mapping):
        return [leaf for below in value.values() if below is not None for leaf in odd_leaves(below)]
    if isinstance(value, list):
        return [leaf for each in value for leaf in odd_leaves(each)]
    return [] if isinstance(value, str) and read_words(value) else [json.dumps(value, ensure_ascii=False)]


def _is_tree(value: object, depth: int = 0) -> bool:
    """A topic holds topics, a list of keywords, or nothing. What is no keyword in a list is odd, not another form."""
    if depth > _DEEPEST:
        return False
    if isinstance(value, Mapping):
        return all(
            each is None or (isinstance(each, Mapping | list) and _is_tree(each, depth + 1)) for each in value.values()
        )
    if isinstance(value, list):
        words = sum(isinstance(each, str | Mapping | list) for each in value)
        inner = (each for each in value if isinstance(each, Mapping | list))
        return 3 * words >= len(value) and all(_is_tree(each, depth + 1) for each in inner)
    return False


def _keywords(value: object, parent: str, depth: int) -> Iterator[Keyword]:
    if isinstance(value, str):
        if name := read_words(value):
            yield Keyword(name, parent if parent != name else "")
    elif isinstance(value, Mapping):
        for topic, below in value.items():
            yield from _keywords(topic, parent, depth)
            yield from _keywords(below, read_words(topic) or parent, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _keywords(each, parent, depth + 1)
