"""Tables of older systems, spreadsheets and Zotero."""

import pytest

from shared.errors import PapersysError
from tests.unit.shared.text.rating_files.rows import problems_of, rows_of

EXPECTED = [(2, "like", "2403.12345"), (3, "dislike", "2410.1285"), (4, "neutral", "hep-th/9901001")]


@pytest.mark.parametrize(
    "text",
    [
        "id,preference\n2403.12345,like\n2410.1285,dislike\nhep-th/9901001,neutral",
        "\ufeffpreference;paper_id\r\nlike;2403.12345\r\ndislike;2410,1285\r\nneutral;hep-th/9901001\r\n",
        "Label\tarXiv ID\tNotes\n1\t2403.12345\tx\n-1\t2410.1285\ty\n0\thep-th/9901001\tz\n",
        'url|rating\n"https://arxiv.org/abs/2403.12345v2"|"Like"\narxiv.org/abs/2410.1285|no\nabs/hep-th/9901001|meh\n',
    ],
)
def test_any_order_delimiter_mark_and_line_end(text: str) -> None:
    assert rows_of(text) == EXPECTED


def test_without_a_header_columns_are_told_by_what_they_hold() -> None:
    assert rows_of("like,2403.12345\ndislike,2403.12346\n") == [(1, "like", "2403.12345"), (2, "dislike", "2403.12346")]


def test_a_quote_that_is_not_closed_spoils_its_own_line_alone() -> None:
    text = 'id,preference,title\n2403.12345,like,"open\n2403.12346,dislike,x\n2403.12347,like,"a ""fine"" one"\n'
    assert [row[2] for row in rows_of(text)] == ["2403.12345", "2403.12346", "2403.12347"]
    assert problems_of(text) == ["line 2: its quotes do not match; read as far as it goes"]


def test_cells_may_hold_lines() -> None:
    assert rows_of('id,label,note\n2403.12345,like,"two\nlines"\n2403.12346,like,\n')[1] == (4, "like", "2403.12346")


def test_zotero_items_count_from_when_they_were_added_and_attachments_are_none() -> None:
    header = '"Key","Item Type","Author","Title","DOI","Url","Date","Date Added","Archive","Archive Location","Extra"\n'
    items = (
        '"A","preprint","X","T1","10.48550/arXiv.2403.12345","","2024","2024-03-05 10:11:12","arXiv","",""\n'
        '"B","journalArticle","X","T2","10.1103/x","http://arxiv.org/abs/2403.12346","2024","","","",""\n'
        '"C","journalArticle","X","T3","","","2024","","","","arXiv:2403.12347 [cs]"\n'
        '"D","preprint","X","T4","","","2024","","arXiv","hep-th/9901001",""\n'
        '"E","attachment","","Snapshot","","http://arxiv.org/abs/2403.99999","","","","",""\n'
        '"F","book","X","Old wisdom of three","","","1999","2024-03-05 10:11:12","","",""\n'
    )
    found = [row[2] for row in rows_of(header + items)]
    assert found == ["2403.12345", "2403.12346", "2403.12347", "hep-th/9901001", "Old wisdom of three"]


def test_stars_are_a_scale() -> None:
    assert [row[1] for row in rows_of("id,rating\n2403.12345,5\n2403.12346,1\n2403.12347,3\n2403.12348,\n")] == [
        "like", "dislike", "neutral", "unknown",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["My vote", "your_rating", "User Rating", "Opinion"])
def test_a_rating_of_ones_own_is_a_rating(name: str) -> None:
    assert rows_of(f"id,{name}\n2403.12345,up\n2403.12346,down\n") == [
        (2, "like", "2403.12345"),
        (3, "dislike", "2403.12346"),
    ]


def test_a_column_that_may_be_ratings_is_told_and_never_guessed() -> None:
    text = "id,have read\n2403.12345,yes\n2403.12346,no\n"
    assert [row[1] for row in rows_of(text)] == [None, None]
    assert problems_of(text) == [
        "line 1: the column 'have read' looks like ratings and is not read; if it holds yours, name it `rating`"
    ]
    assert problems_of("id,have read,rating\n2403.12345,yes,1\n2403.12346,no,1\n") == []


def test_a_table_without_papers_says_so() -> None:
    with pytest.raises(PapersysError, match="there is no paper in it"):
        rows_of("id,preference\n")
    assert rows_of("id,preference\nfoo,like\n,,\n") == []
