"""The page of missed papers, and the line on Today."""

from datetime import timedelta

from shared.contracts import now
from shared.store.files.data_folder import DataFolder
from shared.store.people.follows import Follow, FollowStore
from shared.store.people.missed import MissedStore, MissRates
from tests.support.browsing.reader import FakeReader, page
from tests.support.folders.seed import NOON, PROTEINS
from tests.support.people.missed import CLICK, MISSED, missed_week

HOSTILE = "<script>alert(1)</script> {{ 7*7 }}"


async def test_nothing_is_said_before_the_first_look(fake_reader: FakeReader) -> None:
    assert "Nothing is known yet" in await page(fake_reader, "/missed")
    assert "/missed#" not in await page(fake_reader, "/")
    assert "had missed" not in await page(fake_reader, "/")


async def test_a_missed_paper_is_shown_with_where_it_stood_and_what_would_mend_it(
    fake_reader: FakeReader, data: DataFolder
) -> None:
    MissedStore(data).put(missed_week(MISSED))
    text = await page(fake_reader, "/missed")
    for words in (
        "On 2026-11-02 it ranked 212 of 391, and 10 were picked.",
        "found in the reader, by search, a link or a citation",
        "38% of that day",
        "Words that none of your 43 likes had: “quantum walks”, “mixing time”.",
        "You had liked nothing by its authors: Ada Walker.",
        "None of your interests covers it; the nearest is sparse graphs.",
        "Following “quantum walks” would have shown you 1 other paper that you like, over the last 60 days",
        "It would have changed 3 picks of 600; likes among them: 42 instead of 41.",
        f'href="/paper/{PROTEINS}"',
        'name="value" value="quantum walks"',
        "Follow quantum walks",
        "You would like 6.0% of the papers that are not shown (95% interval 0.2% to 30.0%",
        "no change that could be told from chance",
    ):
        assert words in text


async def test_what_is_followed_by_now_can_be_unfollowed(fake_reader: FakeReader, data: DataFolder) -> None:
    MissedStore(data).put(missed_week(MISSED))
    FollowStore(data).put(Follow(kind="phrase", value="Quantum walks", at=NOON))
    assert "Unfollow quantum walks" in await page(fake_reader, "/missed")


async def test_where_nothing_would_mend_it_that_is_said(fake_reader: FakeReader, data: DataFolder) -> None:
    MissedStore(data).put(missed_week(MISSED.model_copy(update={"clicks": ()}), rates=MissRates()))
    text = await page(fake_reader, "/missed")
    assert "No single click would mend this: of 7 follows and boosts tried on past days" in text
    assert "not known yet: no blind check was drawn" in text


async def test_a_facet_is_boosted_by_its_key(fake_reader: FakeReader, data: DataFolder) -> None:
    boost = CLICK.model_copy(update={"kind": "boost", "value": "3fa90c12", "label": "sparse graphs"})
    MissedStore(data).put(missed_week(MISSED.model_copy(update={"clicks": (boost,)})))
    text = await page(fake_reader, "/missed")
    assert 'action="/api/facet"' in text
    assert 'name="key" value="3fa90c12"' in text
    assert "Show more of sparse graphs" in text


async def test_today_says_so_for_a_week(fake_reader: FakeReader, data: DataFolder) -> None:
    MissedStore(data).put(missed_week(MISSED))
    assert "You found and liked 1 paper that your picks had missed; one click would help." in await page(
        fake_reader, "/"
    )
    MissedStore(data).put(missed_week(MISSED, made_at=now() - timedelta(days=8)))
    assert "had missed" not in await page(fake_reader, "/")


async def test_it_is_one_persons_own(fake_reader: FakeReader, data: DataFolder) -> None:
    MissedStore(data).put(missed_week(MISSED, user="ada"))
    assert "Nothing is known yet" in await page(fake_reader, "/missed")
    theirs = fake_reader.components.of_user("ada").records
    assert [week.user for week in theirs.missed_weeks()] == ["ada"]


async def test_hostile_words_are_shown_as_text(fake_reader: FakeReader, data: DataFolder) -> None:
    click = CLICK.model_copy(update={"value": HOSTILE, "label": HOSTILE})
    hostile = {"clicks": (click,), "new_words": (HOSTILE,), "new_authors": (HOSTILE,), "facet": HOSTILE}
    MissedStore(data).put(missed_week(MISSED.model_copy(update=hostile)))
    text = await page(fake_reader, "/missed")
    assert "<script>alert" not in text
    assert "{{ 7*7 }}" in text


async def test_earlier_weeks_are_folded(fake_reader: FakeReader, data: DataFolder) -> None:
    MissedStore(data).put(missed_week(MISSED))
    MissedStore(data).put(missed_week(MISSED, until=now() - timedelta(days=15)))
    text = await page(fake_reader, "/missed")
    assert text.count("<details><summary>Until") == 1


async def test_a_click_that_mends_several_is_explained_once(fake_reader: FakeReader, data: DataFolder) -> None:
    MissedStore(data).put(missed_week(MISSED, MISSED.model_copy(update={"paper_id": PROTEINS})))
    text = await page(fake_reader, "/missed")
    assert text.count("It would have changed 3 picks") == 1
    assert text.count("The same click as above.") == 1
    assert text.count(">Follow quantum walks<") == 2


async def test_what_the_like_itself_does_is_told(fake_reader: FakeReader, data: DataFolder) -> None:
    like = CLICK.model_copy(update={"kind": "like", "value": MISSED.paper_id, "label": ""})
    MissedStore(data).put(missed_week(MISSED.model_copy(update={"by_like": like})))
    assert "would alone have shown you 1 other paper that you like" in await page(fake_reader, "/missed")
    none = like.model_copy(update={"found": ()})
    MissedStore(data).put(missed_week(MISSED.model_copy(update={"by_like": none})))
    assert "would not have shown you any of the others" in await page(fake_reader, "/missed")


async def test_a_paper_of_another_server_is_named_as_its_own(fake_reader: FakeReader, data: DataFolder) -> None:
    unknown = MISSED.model_copy(update={"paper_id": "biorxiv:10.1101-2024.01.15.575123"})
    MissedStore(data).put(missed_week(unknown))
    text = await page(fake_reader, "/missed")
    assert "bioRxiv 10.1101/" in text
    assert "arXiv:biorxiv" not in text
