"""Everything that was said of a paper is shown with its place, and the newest word counts."""

from datetime import timedelta

from services.publisher.paper.rating_history import history_of
from shared.contracts import FeedbackLabel, Label
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import Rating, RatingStore, ratings_of
from tests.support.browsing.reader import page, reader
from tests.support.folders.seed import HOSTILE, NOON, TIDES


def said(label: Label, source: str, minute: int, actor: str = "me", paper_id: str = TIDES) -> Rating:
    facts = {"actor": actor, "occurred_at": NOON + timedelta(minutes=minute)}
    event = FeedbackLabel.model_validate({"paper_ids": (paper_id,), "label": label, "source": source, **facts})
    return ratings_of(event)[0]


EVERYWHERE = [
    said("like", "setup", 1),
    said("dislike", "giscus", 2, "ada"),
    said("like", "notion", 3),
    said("dislike", "digest", 4),
    said("like", "cli", 5),
]


def test_every_word_is_listed_newest_first_with_its_place_and_account() -> None:
    history = history_of(EVERYWHERE)
    assert [(entry.said, entry.place, entry.actor, entry.counts) for entry in history.shown] == [
        ("Liked", "on the command line", "", True),
        ("Disliked", "in the daily e-mail", "", False),
        ("Liked", "in Notion", "", False),
        ("Disliked", "on GitHub (giscus)", "ada", False),
        ("Liked", "at setup", "", False),
    ]


def test_places_that_disagree_are_named() -> None:
    assert history_of([said("like", "giscus", 1, "ada"), said("dislike", "reader", 2)]).disagreement == (
        "Your ratings disagree: liked on GitHub (giscus), later disliked in the reader. The newest counts."
    )
    assert history_of(EVERYWHERE).disagreement == (
        "Your ratings disagree: disliked on GitHub (giscus) and in the daily e-mail, later liked on the command line. "
        "The newest counts."
    )


def test_a_change_of_mind_at_one_place_and_a_removed_rating_are_no_disagreement() -> None:
    assert history_of([said("like", "reader", 1), said("dislike", "reader", 2)]).disagreement == ""
    removed = [said("like", "giscus", 1, "ada"), said("clear", "reader", 2), said("dislike", "reader", 3)]
    assert history_of(removed).disagreement == ""
    assert history_of([]).shown == []


def test_a_long_history_is_cut() -> None:
    history = history_of([said("like" if minute % 2 else "clear", "reader", minute) for minute in range(30)])
    assert (len(history.shown), history.older) == (12, 18)


async def test_the_papers_page_shows_it_and_hostile_accounts_stay_text(data: DataFolder) -> None:
    RatingStore(data).append([*EVERYWHERE, said("like", "giscus", 6, "<b>eve</b>", HOSTILE)])
    fake = reader(data)
    text = await page(fake, f"/paper/{TIDES}")
    assert "Ratings of this paper" in text
    assert "Disliked on GitHub (giscus) by ada" in text
    assert 'Liked on the command line <time class="where"' in text
    assert "&lt;b&gt;eve&lt;/b&gt;" in await page(fake, f"/paper/{HOSTILE}")


async def test_a_paper_without_ratings_has_no_such_section(data: DataFolder) -> None:
    assert "Ratings of this paper" not in await page(reader(data), "/paper/2611.00105")
