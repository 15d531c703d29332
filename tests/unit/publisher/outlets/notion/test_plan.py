"""What a row needs, as a table."""

from datetime import timedelta

import pytest

from services.publisher.outlets.notion.plan import plan_row, rating_to_write
from services.publisher.outlets.notion.row_content import RowContent
from shared.contracts import Label
from shared.notion.properties import RowRating
from shared.notion.row_files import ReadRating, WrittenRow
from shared.store.people.preferences import Rating, ratings_of
from tests.support.folders.seed import GRAPHS, NOON, rating

CONTENT = RowContent(GRAPHS, "Message passing", {"title": {"title": []}}, [])
DONE = WrittenRow(paper_id=GRAPHS, page_id="p", properties=CONTENT.properties_hash, body=CONTENT.body_hash)


def word(label: Label, minutes: int) -> Rating:
    return ratings_of(rating(GRAPHS, label, minutes))[0]


def written(shown: RowRating, word_minutes: int | None, minutes: int) -> WrittenRow:
    word_at = None if word_minutes is None else NOON + timedelta(minutes=word_minutes)
    return DONE.model_copy(update={"rating": shown, "word_at": word_at, "shown_at": NOON + timedelta(minutes=minutes)})


def read(shown: RowRating, minutes: int) -> ReadRating:
    at = NOON + timedelta(minutes=minutes)
    return ReadRating(paper_id=GRAPHS, page_id="p", rating=shown, word_at=at, seen_at=at)


def test_an_unknown_row_is_created_a_removed_one_is_left_and_a_finished_one_too() -> None:
    assert plan_row(CONTENT, None, None, word("like", 1)).need == "create"
    assert plan_row(CONTENT, None, None, word("like", 1)).rating == "like"
    assert plan_row(CONTENT, DONE.model_copy(update={"is_removed": True}), None, None).need == "removed"
    assert plan_row(CONTENT, DONE, None, None).need == "nothing"


def test_only_what_changed_is_written() -> None:
    plan = plan_row(CONTENT, DONE.model_copy(update={"body": ""}), None, None)
    assert (plan.need, plan.changes) == ("update", ["body"])
    plan = plan_row(CONTENT, DONE.model_copy(update={"properties": "other"}), None, None)
    assert (plan.need, plan.changes) == ("update", ["properties"])


@pytest.mark.parametrize(
    ("known", "seen", "newest", "expected"),
    [
        (written("", None, 0), None, None, None),
        (written("", None, 0), None, word("like", 1), "like"),
        (written("like", 1, 2), None, word("like", 1), None),
        (written("like", 1, 2), None, word("clear", 3), ""),
        (written("like", 1, 2), read("dislike", 4), word("like", 1), None),  # the word of Notion is on its way
        (written("like", 1, 2), read("dislike", 4), word("dislike", 4), None),
        (written("like", 1, 2), read("dislike", 4), word("like", 5), "like"),
        (
            written("", None, 0).model_copy(update={"intended": "like"}),
            None,
            word("clear", 3),
            "",
        ),  # it may show a like
        (DONE, None, word("dislike", 1), "dislike"),
        (DONE, None, word("clear", 1), ""),  # what it shows is not known
    ],
)
def test_a_row_gets_the_newest_word_where_it_shows_another(
    known: WrittenRow, seen: ReadRating | None, newest: Rating | None, expected: RowRating | None
) -> None:
    assert rating_to_write(known, seen, newest) == expected
