"""Summaries of older systems as what papersys stores."""

from datetime import UTC, datetime

import pytest

from deploy.migrating.column_map import ColumnMap
from deploy.migrating.records.summary_records import fields_of, is_summary, read_summary, statements
from tests.support.folders.older_system import summary

AT = datetime(2026, 11, 6, tzinfo=UTC)


def test_a_summary_keeps_its_fields_model_and_time() -> None:
    read = read_summary(summary("2401.00005"), ColumnMap(), AT)
    stored = read.summary
    assert [field.name for field in stored.fields] == [
        "one_sentence_summary", "problem", "method", "experiment", "further_thoughts", "institutions",
    ]  # fmt: skip
    assert stored.made_at == datetime(2025, 5, 4, 8, 28, 0, 472757, tzinfo=UTC)
    assert (stored.made_by.model, stored.made_by.language) == ("grok-3-mini-latest", "zh")
    assert stored.made_by.settings == {"temperature": "0.5", "top_p": "0.7", "score": "0.75", "slug": "on-the-matter"}
    assert stored.raw_tags == ("Graph Neural Network", "Spectral Sparsification")
    assert not any(field.evidence for field in stored.fields)
    assert "not checked" in stored.notes[0]
    assert read.paper is not None
    assert read.paper.title == "On the matter of 2401.00005"


def test_list_items_are_statements_and_a_formula_stays_whole() -> None:
    texts = statements("* **A:** one.\n- two $$a\n= b$$ three\n\n1. four\n")
    assert texts == ["**A:** one.", "two $$a = b$$ three", "four"]


def test_english_is_told_from_chinese_where_nothing_says_it() -> None:
    english = {"id": "2401.00005", "method": "We use graphs.", "keywords": "a, b"}
    read = read_summary(english, ColumnMap(), AT)
    assert read.summary.made_by.language == "en"
    assert read.summary.raw_tags == ("a", "b")
    assert read.summary.made_by.model == "unknown"
    assert read.paper is None
    assert read.summary.made_at == AT
    assert any("when it was made is not known" in remark for remark in read.remarks)


def test_a_damaged_id_is_made_whole_and_one_that_is_none_is_refused() -> None:
    assert read_summary(summary("2410.1285"), ColumnMap(), AT).summary.paper_id == "2410.12850"
    with pytest.raises(ValueError, match="not an arXiv id"):
        read_summary(summary("?"), ColumnMap(), AT)


def test_the_same_record_has_the_same_origin() -> None:
    one, other = (read_summary(summary("2401.00005"), ColumnMap(), AT).summary for _ in range(2))
    assert one.made_by.event_id == other.made_by.event_id


def test_unknown_fields_are_named_and_the_map_takes_them() -> None:
    record = summary("2401.00005", conclusion="It works.")
    assert "field:NAME" in fields_of(record, ColumnMap())[1]["conclusion"]
    mapped = ColumnMap({"conclusion": "field:result"})
    assert fields_of(record, mapped)[0]["conclusion"] == "result"
    texts = {field.name: field.text for field in read_summary(record, mapped, AT).summary.fields}
    assert texts["result"] == "It works."


def test_what_is_no_summary_is_told() -> None:
    assert is_summary(summary("2401.00005"))
    assert not is_summary({"id": "2401.00005", "title": "x"})
    assert not is_summary(["x"])
