"""JSON and saved pages of arXiv-sanity, Scholar Inbox and Zotero."""

import json
from datetime import UTC, datetime

import pytest

from shared.errors import PapersysError
from shared.text.rating_files.reading import read_rating_text
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


ZOTERO_API = {
    "key": "ABCD2345",
    "version": 12,
    "library": {"type": "user", "id": 1},
    "data": {
        "key": "ABCD2345",
        "itemType": "preprint",
        "title": "Decision transformer",
        "abstractNote": "We ...",
        "DOI": "10.48550/arXiv.2106.01345",
        "tags": [{"tag": "rl"}, {"tag": "papersys: dislike at 2024-05-01T12:30:00Z"}],
        "collections": ["X"],
        "dateAdded": "2024-05-01T12:30:00Z",
    },
}
CSL = {
    "id": "http://zotero.org/users/1234567/items/ABCD2345",
    "type": "article",
    "title": "Decision transformer",
    "URL": "http://arxiv.org/abs/2106.01345",
    "number": "arXiv:2106.01345",
    "issued": {"date-parts": [["2021", 6, 24]]},
}
CORPUS = {"title": "Decision transformer", "abstract": "We ...", "added_date": "2024-05-01T12:30:00", "paths": ["rl"]}


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ([ZOTERO_API, {"data": {"itemType": "note", "title": "x"}}], (1, "dislike", "2106.01345")),
        ([CSL], (1, None, "2106.01345")),
        ({"config": {}, "items": [CSL]}, (1, None, "2106.01345")),
        ([CORPUS], (1, None, "Decision transformer")),
    ],
    ids=["Zotero's web API", "CSL JSON", "Better BibTeX JSON", "corpus of zotero-arxiv-daily"],
)
def test_items_of_zotero_are_read(content: object, row: tuple[int, str | None, str]) -> None:
    assert rows_of(json.dumps(content)) == [row]


@pytest.mark.parametrize("content", [ZOTERO_API, CORPUS], ids=["web API", "corpus"])
def test_items_of_zotero_keep_when_they_were_added(content: object) -> None:
    [row] = read_rating_text(json.dumps([content]), "file").rows
    assert row.rated_at == datetime(2024, 5, 1, 12, 30, tzinfo=UTC)
