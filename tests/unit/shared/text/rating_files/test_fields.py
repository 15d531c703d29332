"""Records with named fields."""

from shared.text.rating_files.fields import add_record, find_mention, plain_name
from shared.text.rating_files.rated_rows import Reading, StoredAs


def test_fields_are_known_in_any_spelling() -> None:
    assert {plain_name(name) for name in ("Archive Location", "archive_location", "archiveLocation")} == {
        "archivelocation"
    }


def test_a_whole_id_anywhere_goes_before_a_damaged_one() -> None:
    mention = find_mention({"id": "2410.1285", "url": "https://arxiv.org/abs/2410.12850"})
    assert mention is not None
    assert mention.paper_id == "2410.12850"


def test_pages_and_volumes_are_no_ids() -> None:
    assert find_mention({"pages": "1203.5", "volume": "2403.12345"}) is None
    assert find_mention({"volume": "abs/2403.12345"}) is not None


def test_an_unknown_word_for_a_rating_is_named_and_nothing_is_guessed() -> None:
    reading = Reading(10)
    add_record(reading, 7, {"id": "2403.12345", "label": "superb"})
    assert reading.rows == []
    assert "line 7: 'superb' is no known rating" in str(reading.problems[0])


def test_a_rating_of_the_future_is_refused_and_an_unreadable_time_counts_from_the_import() -> None:
    reading = Reading(10)
    add_record(reading, 2, {"id": "2403.12345", "label": "like", "ratedat": "2124-01-01"})
    add_record(reading, 3, {"id": "2403.12346", "label": "like", "ratedat": "last week"})
    assert [(row.line, row.rated_at) for row in reading.rows] == [(3, None)]
    assert [problem.line for problem in reading.problems] == [2, 3]


def test_an_export_of_papersys_keeps_how_it_was_stored() -> None:
    reading = Reading(10)
    facts = {"id": "2403.12345", "label": "clear", "eventid": "e1", "user": "ada", "source": "reader", "actor": "ada"}
    add_record(reading, 2, {**facts, "weight": "inf"})
    assert reading.rows[0].stored == StoredAs("e1", "ada", "reader", "ada", 1.0)


def test_what_exceeds_the_most_rows_is_said_once() -> None:
    reading = Reading(2)
    for line in range(1, 6):
        add_record(reading, line, {"id": f"2403.1234{line}"})
    assert len(reading.rows) == 2
    assert len(reading.problems) == 1
