"""What becomes of each row: every word stored once, the newest counts, nothing guessed."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.unit.feedback.importing.rows import FIRST, NOON, SECOND, ImportFolder

EARLY, LATE = NOON - timedelta(days=9), NOON - timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path) -> ImportFolder:
    return ImportFolder(tmp_path, FIRST, SECOND)


def test_rows_without_a_time_are_said_now_and_the_last_one_counts(folder: ImportFolder) -> None:
    report = folder.run(f"id,preference\n{FIRST},like\n{SECOND},like\n{FIRST},dislike\n{SECOND},like\n").report
    assert folder.labels() == {FIRST: "dislike", SECOND: "like"}
    assert (report.likes, report.dislikes, report.doubled, report.conflicting.total) == (1, 1, 1, 1)
    assert report.conflicting.first[0].text == "like here, dislike in line 4, which counts"


def test_with_times_the_newest_row_counts_wherever_it_stands(folder: ImportFolder) -> None:
    folder.run(f"id,label,rated_at\n{FIRST},dislike,{LATE.isoformat()}\n{FIRST},like,{EARLY.isoformat()}\n")
    assert folder.labels() == {FIRST: "dislike"}


def test_the_same_again_changes_nothing_whatever_was_said_since(folder: ImportFolder) -> None:
    text = f"id,preference\n{FIRST},like\n{SECOND},neutral\n"
    folder.run(text)
    folder.rate(FIRST, "dislike", NOON + timedelta(hours=1))
    before = folder.files()
    report = folder.run(
        f"preference;paper_id\r\nlike;{FIRST}\r\nneutral;{SECOND}\r\n", at=NOON + timedelta(days=1)
    ).report
    assert folder.files() == before
    assert (report.stored, report.repeated, report.has_news) == (0, 2, False)
    assert folder.labels() == {FIRST: "dislike"}


def test_what_was_said_before_stays_where_it_is(folder: ImportFolder) -> None:
    folder.rate(FIRST, "like", EARLY)
    report = folder.run(f"id,label\n{FIRST},like\n").report
    assert report.agreeing == 1
    assert [rating.occurred_at for rating in folder.plan(f"id,label\n{SECOND},like\n").ratings] == [NOON]
    folder.rate(FIRST, "dislike", EARLY + timedelta(hours=1))
    folder.run(f"id,label\n{FIRST},like\n")
    assert folder.labels() == {FIRST: "dislike"}


def test_a_newer_word_of_the_user_stays_and_an_older_one_is_replaced(folder: ImportFolder) -> None:
    folder.rate(FIRST, "like", NOON)
    folder.rate(SECOND, "like", EARLY)
    text = f"id,label,rated_at\n{FIRST},dislike,{LATE.isoformat()}\n{SECOND},dislike,{LATE.isoformat()}\n"
    report = folder.run(text, at=NOON + timedelta(days=1)).report
    assert folder.labels() == {FIRST: "like", SECOND: "dislike"}
    assert (report.earlier, report.changed.total) == (1, 1)
    assert report.changed.first[0].text == "dislike in place of your like of 2026-10-28 (reader)"


def test_on_request_rows_without_a_time_replace_nothing(folder: ImportFolder) -> None:
    folder.rate(FIRST, "like", EARLY)
    report = folder.run(f"id,label\n{FIRST},dislike\n", keep=True).report
    assert folder.labels() == {FIRST: "like"}
    assert (report.kept.total, report.has_news) == (1, False)


def test_neutral_means_skipped_but_takes_no_rating_back_and_unknown_means_nothing(folder: ImportFolder) -> None:
    folder.rate(FIRST, "like", EARLY)
    report = folder.run(f"id,preference\n{FIRST},neutral\n{SECOND},neutral\n2403.00001,unknown\n").report
    assert folder.labels() == {FIRST: "like"}
    assert (report.neutral_but_rated, report.skips, report.without_rating) == (1, 1, 1)
    assert "skip" in folder.files()["signals/2026-11.csv"].decode()


def test_a_list_is_of_papers_that_its_user_likes_or_dislikes(folder: ImportFolder) -> None:
    folder.run(FIRST, lists_are="dislike", user="ada")
    assert (folder.labels("ada"), folder.labels()) == ({FIRST: "dislike"}, {})


def test_an_export_of_another_user_is_stored_beside_that_users_ratings(folder: ImportFolder) -> None:
    text = f"id,label,rated_at,user,event_id\n{FIRST},like,{LATE.isoformat()},ada,e1\n"
    folder.run(text, user="ada")
    folder.run(text, user="bob")
    assert (folder.labels("ada"), folder.labels("bob")) == ({FIRST: "like"}, {FIRST: "like"})
    assert not folder.plan(text, user="bob").report.has_news
