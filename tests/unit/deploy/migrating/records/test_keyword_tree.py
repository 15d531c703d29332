"""Trees of keywords."""

from deploy.migrating.records.keyword_tree import Keyword, is_keyword_tree, keywords_of, odd_leaves

TREE = {"Models": ["Transformer", {"Graph Models": ["GNN"]}], "Tasks": {"Vision": ["Detection"]}}


def test_every_keyword_comes_once_with_its_topic() -> None:
    assert keywords_of(TREE) == [
        Keyword("Models"),
        Keyword("Transformer", "Models"),
        Keyword("Graph Models", "Models"),
        Keyword("GNN", "Graph Models"),
        Keyword("Tasks"),
        Keyword("Vision", "Tasks"),
        Keyword("Detection", "Vision"),
    ]


def test_lists_of_papers_and_other_json_are_no_trees() -> None:
    assert is_keyword_tree(TREE)
    others: list[object] = [{}, [], {"rl": ["2106.01345"]}, {"name": "x"}, {"a": [1]}, {"a": []}]
    for other in others:
        assert not is_keyword_tree(other)


def test_what_is_no_keyword_is_left_out_of_a_tree_and_named() -> None:
    tree = {"Models": ["GNN", None, 3, ["Graph Transformer"], " "], "Tasks": {"Vision": None}, "": ["Alone"]}
    assert is_keyword_tree(tree)
    assert keywords_of(tree) == [
        Keyword("Models"),
        Keyword("GNN", "Models"),
        Keyword("Graph Transformer", "Models"),
        Keyword("Tasks"),
        Keyword("Vision", "Tasks"),
        Keyword("Alone"),
    ]
    assert odd_leaves(tree) == ["null", "3", '" "']
