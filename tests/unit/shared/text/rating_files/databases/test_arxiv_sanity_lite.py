"""The tags of arXiv-sanity-lite become ratings."""

import zlib
from pathlib import Path

import pytest

from shared.errors import PapersysError
from shared.text.rating_files.databases import arxiv_sanity_lite
from shared.text.rating_files.reading import read_rating_file
from tests.support.folders.peer_databases import packed, write_sanity

TAGS = {"rl": {"2106.01345", "1706.03762"}, "dislike": {"2403.12345"}, "empty": set[str]()}


def test_each_tag_is_a_list_and_one_named_dislike_says_so(tmp_path: Path) -> None:
    write_sanity(tmp_path / "dict.db", {"root": packed(TAGS)})
    for path in (tmp_path / "dict.db", tmp_path):
        file = read_rating_file(path)
        assert file.form == "arXiv-sanity-lite"
        assert {(row.said, row.paper_id) for row in file.rows} == {
            (None, "2106.01345"),
            (None, "1706.03762"),
            ("dislike", "2403.12345"),
        }


def test_of_several_people_one_has_to_be_named(tmp_path: Path) -> None:
    write_sanity(tmp_path / "dict.db", {"anna": packed(TAGS), "bert": packed({"x": {"2401.00001"}})})
    with pytest.raises(PapersysError, match="tags of anna, bert; name one of them with --person"):
        read_rating_file(tmp_path / "dict.db")
    assert [row.paper_id for row in read_rating_file(tmp_path / "dict.db", "bert").rows] == ["2401.00001"]


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (packed(["no", "tags"]), "no tags"),
        (packed({"rl": 7}), "no tags"),
        (packed(print), "more than data"),
        (b"not packed", "cannot be unpacked"),
        (zlib.compress(bytes(10_000)), "more than 0 MB"),
    ],
)
def test_what_are_no_tags_is_said(value: bytes, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arxiv_sanity_lite, "_MOST_BYTES", 5_000)
    write_sanity(tmp_path / "dict.db", {"root": value})
    with pytest.raises(PapersysError, match=why):
        read_rating_file(tmp_path / "dict.db")
