"""Tags under the broader tags that they are filed under."""

from datetime import UTC, datetime

from services.publisher.library.tags.tag_tree import TagNode, matching, tree_of
from shared.store.tagging.tags import Tag, TagIndex

NOW = datetime(2026, 11, 6, tzinfo=UTC)


def index_of(**parents: tuple[str, ...]) -> TagIndex:
    tags = [
        Tag(slug=name, label=name.upper(), aliases=(f"the {name}",), parents=up, made_at=NOW)
        for name, up in parents.items()
    ]
    return TagIndex({tag.slug: tag for tag in tags})


def outline(nodes: list[TagNode]) -> list[object]:
    return [(node.name, outline(list(node.children))) if node.children else node.name for node in nodes]


def test_a_tag_lies_under_each_of_its_parents() -> None:
    index = index_of(a=(), b=(), c=("a", "b"), d=("c",))
    tree = tree_of([("a", 9), ("b", 5), ("c", 4), ("d", 1)], index)
    assert outline(tree) == [("a", [("c", ["d"])]), ("b", [("c", ["d"])])]
    assert tree[0].size == 3


def test_a_parent_that_no_paper_has_is_passed_over() -> None:
    assert outline(tree_of([("c", 4), ("other-name", 1)], index_of(a=(), c=("a",)))) == ["c", "other-name"]


def test_tags_that_are_each_others_parents_are_all_shown() -> None:
    assert outline(tree_of([("a", 2), ("b", 1)], index_of(a=("b",), b=("a",)))) == ["a", "b"]


def test_a_tag_is_found_by_its_label_and_by_its_other_names() -> None:
    tags = [("a", 2), ("b", 1)]
    assert [node.name for node in matching(tags, index_of(a=(), b=()), "THE b")] == ["b"]
    assert matching(tags, index_of(a=(), b=()), "zebra") == []
