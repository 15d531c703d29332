"""What a person does in Zotero becomes ratings: once each, incrementally, and never over a later word."""

from datetime import timedelta

import pytest

from services.publisher.outlets.zotero.connection import ZoteroAway, ZoteroClosed
from shared.contracts import FeedbackLabel
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore, ratings_of
from tests.support.folders.seed import GRAPHS, HOSTILE, NOON, OLD, PROTEINS, TIDES, rating
from tests.support.outside.zotero_server import Fault, ZoteroServer
from tests.support.outside.zotero_sync import Syncing

LIKED = ("like", 0.5)


@pytest.fixture
def library(server: ZoteroServer) -> ZoteroServer:
    """Collections Physics, Physics/Planets and Teaching, with papers named in each of the usual ways."""
    server.collect("PHYSICS2", "Physics")
    server.collect("PLANETS2", "Planets", "PHYSICS2")
    server.collect("TEACHNG2", "Teaching")
    server.add("AAAAAAA2", "PHYSICS2", archiveID=f"arXiv:{GRAPHS}", title="Graphs")
    server.add("AAAAAAA3", "PLANETS2", kind="journalArticle", extra=f"arXiv:{TIDES} [astro-ph]", title="Tides")
    server.add("AAAAAAA4", "TEACHNG2", DOI=f"10.48550/arXiv.{PROTEINS}", title="Proteins")
    server.add("AAAAAAA5", url=f"http://arxiv.org/abs/{OLD}v2", title="Branes")
    server.add("AAAAAAA6", "PHYSICS2", kind="journalArticle", title="No paper of arXiv", DOI="10.1000/182")
    server.add("AAAAAAA7", "PHYSICS2", kind="note", note=f"about arXiv:{HOSTILE}")
    return server


@pytest.mark.parametrize(
    ("patterns", "liked"),
    [
        (["Physics"], {GRAPHS}),
        (["physics/*"], {TIDES}),
        (["Physics", "Physics/*"], {GRAPHS, TIDES}),
        (["*"], {GRAPHS, TIDES, PROTEINS}),
        (["Chemistry"], set()),
        ([], set()),
    ],
)
def test_papers_of_collections_that_fit_a_pattern_are_liked_a_little(
    data: DataFolder, library: ZoteroServer, patterns: list[str], liked: set[str]
) -> None:
    syncing = Syncing(data, library, read=patterns)
    syncing.run()
    assert syncing.said() == dict.fromkeys(liked, LIKED)


def test_a_second_look_changes_nothing_and_costs_one_request(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["*"])
    syncing.run()
    library.asked.clear()
    report = syncing.run()
    assert (report.rated, len(syncing.published)) == ({}, 3)
    assert library.asked == [("GET", "collections")]


def test_an_old_item_counts_from_when_it_was_added(data: DataFolder, library: ZoteroServer) -> None:
    RatingStore(data).append(ratings_of(rating(GRAPHS, "dislike")))
    syncing = Syncing(data, library, read=["*"])
    syncing.moment = NOON + timedelta(hours=1)
    syncing.run()
    assert GRAPHS not in syncing.said()
    assert {event.occurred_at.isoformat() for event in syncing.published} == {"2026-11-01T10:00:00+00:00"}


@pytest.mark.parametrize(
    ("tags", "said"),
    [
        (("papersys:like",), ("like", 1.0)),
        (("Papersys:Dislike",), ("dislike", 1.0)),
        (("papersys:like", "papersys:dislike"), None),
        (("unrelated",), None),
        (("★",), ("like", 1.0)),
    ],
)
def test_a_tag_says_more_than_a_collection(
    data: DataFolder, library: ZoteroServer, tags: tuple[str, ...], said: tuple[str, float] | None
) -> None:
    syncing = Syncing(data, library, read=["Nothing"], like_tags=["papersys:like", "★"])
    syncing.run()
    library.edit("AAAAAAA5", tags=[{"tag": tag} for tag in tags])
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert syncing.said().get(OLD) == said


def test_a_paper_that_leaves_is_no_longer_liked(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["Physics", "Physics/*"])
    syncing.run()
    library.remove("AAAAAAA2")
    library.edit("AAAAAAA3", deleted=1)
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert syncing.said() == {}
    assert [event.label for event in syncing.published] == ["like", "like", "clear", "clear"]


def test_what_was_said_here_later_is_not_taken_back_there(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["Physics"])
    syncing.run()
    RatingStore(data).append(ratings_of(rating(GRAPHS, "dislike", minutes=10)))
    library.remove("AAAAAAA2")
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert RatingStore(data).current()[GRAPHS].label == "dislike"


def test_filing_a_paper_is_a_word_of_now(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["Physics"])
    syncing.run()
    RatingStore(data).append(ratings_of(rating(OLD, "dislike", minutes=10)))
    library.edit("AAAAAAA5", collections=["PHYSICS2"], dateModified=library.now)
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert syncing.said()[OLD] == LIKED


def test_another_pattern_counts_without_reading_anew(data: DataFolder, library: ZoteroServer) -> None:
    Syncing(data, library, read=["Physics"]).run()
    other = Syncing(data, library, read=["Teaching"])
    other.moment += timedelta(hours=1)
    other.run()
    assert other.said() == {PROTEINS: LIKED}


def test_a_renamed_or_deleted_collection_is_understood(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["Physics"])
    syncing.run()
    library.version += 1
    library.collections["PHYSICS2"] |= {"name": "Old things", "version": library.version}
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert syncing.said() == {}


def test_a_library_is_read_in_pages_of_one_version(data: DataFolder, server: ZoteroServer) -> None:
    server.collect("PHYSICS2", "Physics")
    for number in range(230):
        server.add(f"{_key(number)}", "PHYSICS2", archiveID=f"arXiv:2401.{number + 1:05d}", title="x")
    changes = iter(range(2))

    def changed_meanwhile(method: str, path: str) -> None:
        if server.asked.count(("GET", "items/top")) in (2, 4) and next(changes, None) is not None:
            server.edit(_key(0), title="changed meanwhile")

    server.during = changed_meanwhile
    syncing = Syncing(data, server, read=["*"])
    syncing.run()
    assert len(syncing.said()) == 230
    assert server.asked.count(("GET", "items/top")) > 3


def test_a_kill_between_two_ratings_loses_and_doubles_none(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["*"])
    publish = syncing.publish
    told: list[FeedbackLabel] = []

    async def killed(event: FeedbackLabel) -> None:
        await publish(event)
        told.append(event)
        if len(told) == 2:
            raise KeyboardInterrupt

    syncing.publish = killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        syncing.run()
    syncing.publish = publish  # type: ignore[method-assign]
    syncing.run()
    assert syncing.said() == dict.fromkeys((GRAPHS, TIDES, PROTEINS), LIKED)
    assert len({event.event_id for event in syncing.published}) == 3
    assert RatingStore(data).count() == 4


def test_a_spoilt_state_is_read_again_and_nothing_is_said_twice(data: DataFolder, library: ZoteroServer) -> None:
    Syncing(data, library, read=["*"]).run()
    data.write_text(data.path("state", "zotero", "mine.json"), "{half")
    again = Syncing(data, library, read=["*"])
    again.moment += timedelta(hours=1)
    again.run()
    assert again.published == []


def test_a_library_that_was_set_back_is_read_anew(data: DataFolder, library: ZoteroServer) -> None:
    syncing = Syncing(data, library, read=["*"])
    syncing.run()
    library.version = 3
    for thing in (*library.items.values(), *library.collections.values()):
        thing["version"] = min(thing["version"], 3)
    del library.items["AAAAAAA4"]
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert set(syncing.said()) == {GRAPHS, TIDES}


def test_a_spoilt_object_stops_no_other(data: DataFolder, library: ZoteroServer) -> None:
    library.items["AAAAAAA5"]["tags"] = ["not an object"]
    syncing = Syncing(data, library, read=["*"])
    syncing.run()
    assert len(syncing.said()) == 3


def test_backoff_and_retry_after_are_kept(data: DataFolder, library: ZoteroServer) -> None:
    faults = iter([Fault(429, headers={"Retry-After": "7"}), Fault(503, headers={"Retry-After": "11"}), Fault(0)])
    library.fault = lambda method, path: next(faults, None)
    library.headers = {"Backoff": "30"}
    syncing = Syncing(data, library, read=["*"])
    syncing.run()
    assert syncing.waits[:3] == [7.0, 11.0, 4.0]
    assert all(29 < wait <= 30 for wait in syncing.waits[3:])
    assert len(syncing.waits) >= 5
    assert len(syncing.said()) == 3


def test_a_long_wait_is_left_to_the_next_time(data: DataFolder, library: ZoteroServer) -> None:
    library.fault = lambda method, path: Fault(429, headers={"Retry-After": "1800"})
    with pytest.raises(ZoteroAway, match="asks to wait for 1800 s") as raised:
        Syncing(data, library, read=["*"]).run()
    assert raised.value.retry_in_seconds == 1800


def test_zotero_away_is_said_and_nothing_is_lost(data: DataFolder, library: ZoteroServer) -> None:
    library.fault = lambda method, path: Fault(500)
    syncing = Syncing(data, library, read=["*"])
    with pytest.raises(TemporaryFailure, match="5 times in a row"):
        syncing.run()
    library.fault = lambda method, path: None
    syncing.run()
    assert len(syncing.said()) == 3


def test_a_wrong_key_says_where_a_new_one_is_made(data: DataFolder, library: ZoteroServer) -> None:
    with pytest.raises(ZoteroClosed, match=r"zotero.org/settings/keys") as raised:
        Syncing(data, library, read=["*"], key="another-secret").run()
    assert "another-secret" not in str(raised.value)


def _key(number: int) -> str:
    letters = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
    return "BBBBBB" + letters[number // len(letters)] + letters[number % len(letters)]
