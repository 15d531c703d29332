"""JSON and saved pages of arXiv-sanity and Scholar Inbox."""

import pytest

from shared.errors import PapersysError
from tests.unit.shared.text.rating_files.rows import problems_of, rows_of


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            '[{"rawpid":"1512.08756","pid":"1512.08756v2","in_library":1},{"pid":"1512.00001v1","in_library":0}]',
            [(1, None, "1512.08756")],
        ),
        (
            '<html><script>var papers = [{"id":"2106.01345","utags":["rl"]},{"id":"2106.01346","utags":[]}];</script>',
            [(1, None, "2106.01345")],
        ),
        (
            '{"rl":["2106.01345","2106.1"],"dislike":["2106.01347"]}',
            [(1, None, "2106.01345"), (2, None, "2106.1"), (3, "dislike", "2106.01347")],
        ),
        (
            '{"digest_df":[{"paper_id":4842939,"arxiv_id":"2203.02155","rating":1,"bookmarked":0},'
            '{"paper_id":2403.1,"arxiv_id":null,"title":"No id here","rating":-1,"bookmarked":0},'
            '{"paper_id":1,"arxiv_id":"2203.02156","rating":null,"bookmarked":1},'
            '{"paper_id":2,"arxiv_id":"2203.02157","rating":null,"bookmarked":0}]}',
            [
                (1, "like", "2203.02155"),
                (2, "dislike", "No id here"),
                (3, "like", "2203.02156"),
                (4, "unknown", "2203.02157"),
            ],
        ),
        (
            '{"collections":[{"name":"Bookmarks","papers":[{"arxiv_id":"2203.02155","rating":null,"bookmarked":0}]}]}',
            [(1, "like", "2203.02155")],
        ),
        ('{"2106.01345":"like","2106.01346":-1}', [(1, "like", "2106.01345"), (2, "dislike", "2106.01346")]),
        ('["2106.01345"]', [(1, None, "2106.01345")]),
        (
            '{"id":"2106.01345","label":"like"}\n{"id":"2106.01346","label":"no"}\n',
            [(1, "like", "2106.01345"), (2, "dislike", "2106.01346")],
        ),
    ],
)  # fmt: skip
def test_every_form_that_is_known(text: str, rows: list[tuple[int, str | None, str]]) -> None:
    assert rows_of(text) == rows


def test_what_is_no_paper_is_named() -> None:
    assert problems_of('["2106.01345", "foo", 3]') == [
        "line 2: 'foo' names no arXiv paper",
        "line 3: '3' names no arXiv paper",
    ]


@pytest.mark.parametrize("text", ['{"a":', "[" * 5_000, "<script>var papers = [{;</script>"])
def test_broken_files_are_refused_with_their_name(text: str) -> None:
    with pytest.raises(PapersysError, match="file cannot be read"):
        rows_of(text)
