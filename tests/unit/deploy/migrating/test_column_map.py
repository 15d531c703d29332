"""What columns mean by their name, or as the user says."""

import pytest

from deploy.migrating.column_map import ColumnMap, alias_of, read_column_map
from shared.errors import PapersysError


def test_names_are_told_however_they_are_written() -> None:
    columns = ColumnMap()
    assert columns.meaning("Journal-Ref") == "journal_ref"
    assert columns.meaning("arxiv_id") == "id"
    assert columns.meaning("score") is None


def test_what_the_user_says_goes_before_the_name() -> None:
    columns = read_column_map(["title=ignore", "v=vector:old", "end=field:result", "a=b=id"[2:]])
    assert columns.meaning("title") == "ignore"
    assert columns.alias("v") == "old"
    assert columns.summary_field("end") == "result"


@pytest.mark.parametrize("text", ["title", "=id", "a=b", "v=vector:", "v=vector:../x", "f=field:Bad Name"])
def test_a_map_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(PapersysError, match="write COLUMN=MEANING"):
        read_column_map([text])


def test_two_meanings_of_one_column_are_refused() -> None:
    with pytest.raises(PapersysError, match="two meanings"):
        read_column_map(["a=id", "a=title"])


def test_an_alias_is_made_of_a_name_or_asked_for() -> None:
    assert alias_of("Jasper V1") == "jasper-v1"
    with pytest.raises(PapersysError, match="need a name"):
        alias_of("模型")
