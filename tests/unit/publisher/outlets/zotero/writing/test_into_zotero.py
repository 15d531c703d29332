"""Picks and saved papers become items with tags and a note: each once, and never over what the person changed."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.publisher.outlets.zotero.connection import ZoteroClosed
from services.publisher.outlets.zotero.keys import key_of
from shared.contracts import KeepSignal
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.notes import NoteStore
from shared.store.people.signals import SignalStore, signals_of
from shared.store.selections import SelectionStore
from tests.support.arxiv.hostile_text import Tags
from tests.support.folders.seed import (
    FAR,
    GRAPHS,
    HOSTILE,
    NOON,
    OLD,
    PROTEINS,
    TIDES,
    TODAY,
    UNREAD,
    paper,
    pick,
    summary,
)
from tests.support.outside.zotero_server import LIBRARY, Fault, Refused, ZoteroServer
from tests.support.outside.zotero_sync import Syncing

PICKS = (GRAPHS, TIDES, UNREAD, HOSTILE)


def item_key(paper_id: str) -> str:
    return key_of(LIBRARY, "item", paper_id)


def note_key(paper_id: str) -> str:
    return key_of(LIBRARY, "note", paper_id)


def save(data: DataFolder, *paper_ids: str) -> None:
    request = KeepSignal(paper_ids=paper_ids, kind="save", source="reader", occurred_at=NOON)
    SignalStore(data).append(signals_of(request))


def with_tags(data: DataFolder, *tags: str) -> None:
    """The summary of GRAPHS with other tags."""
    SummaryStore(data).put(summary(GRAPHS).model_copy(update={"tags": tags}))


@pytest.fixture
def syncing(data: DataFolder, server: ZoteroServer) -> Syncing:
    return Syncing(data, server, write=["picks"])


def test_picks_become_items_in_the_collection(syncing: Syncing, server: ZoteroServer) -> None:
    report = syncing.run()
    assert sorted(report.written.created) == sorted(PICKS)
    (collection,) = server.collections.values()
    assert (collection["name"], collection["parentCollection"]) == ("papersys", False)
    item = server.items[item_key(GRAPHS)]
    assert item["itemType"] == "preprint"
    assert item["collections"] == [collection["key"]]
    assert item["archiveID"] == f"arXiv:{GRAPHS}"
    assert item["creators"][0] == {"creatorType": "author", "firstName": "Mira", "lastName": "Oduya"}
    assert {tag["tag"] for tag in item["tags"]} == {"Graph neural networks"}
    assert "We study message passing" in server.notes_of(item_key(GRAPHS))[0]
    assert FAR not in report.written.created


def test_a_second_pass_writes_nothing(syncing: Syncing, server: ZoteroServer) -> None:
    syncing.run()
    version = server.version
    syncing.run()
    syncing.run()
    assert server.version == version
    assert len([path for method, path in server.asked if method == "POST"]) == 2


def test_saved_papers_are_written_with_ones_own_note(data: DataFolder, server: ZoteroServer) -> None:
    save(data, OLD)
    NoteStore(data).put("me", OLD, "Read **section 3** again.")
    Syncing(data, server, write=["saved"]).run()
    assert list(server.items) == [item_key(OLD), note_key(OLD)]
    assert "<strong>section 3</strong>" in server.notes_of(item_key(OLD))[0]


def test_ones_own_notes_stay_out_of_a_group(data: DataFolder, server: ZoteroServer, monkeypatch: Any) -> None:
    save(data, OLD)
    NoteStore(data).put("me", OLD, "Between us.")
    syncing = Syncing(data, server, write=["saved"])
    monkeypatch.setattr(type(syncing.settings), "is_group", property(lambda self: True))
    syncing.run()
    assert server.items[item_key(OLD)]
    assert "Between us" not in str(server.items)


def test_only_picks_above_the_threshold(data: DataFolder, server: ZoteroServer) -> None:
    scores = {GRAPHS: 0.9, TIDES: 0.4, UNREAD: None}
    picks = [
        pick(paper_id, rank).model_copy(update={"probability": score})
        for rank, (paper_id, score) in enumerate(scores.items(), 1)
    ]
    SelectionStore(data).write(TODAY, f"run-{TODAY}", picks)
    assert Syncing(data, server, write=["picks"], threshold=0.7).run().written.created == [GRAPHS]


def test_a_summary_that_comes_later_brings_its_note(data: DataFolder, syncing: Syncing, server: ZoteroServer) -> None:
    syncing.run()
    assert server.notes_of(item_key(UNREAD)) == []
    SummaryStore(data).put(summary(UNREAD))
    assert syncing.run().written.updated == [UNREAD]
    assert "Retrieval over long legal documents" in server.notes_of(item_key(UNREAD))[0]
    assert syncing.run().written.updated == []


def test_hostile_text_stays_text(syncing: Syncing, server: ZoteroServer) -> None:
    syncing.run()
    assert "<script>" in server.items[item_key(HOSTILE)]["title"]
    tags = {tag for note in server.notes_of(item_key(HOSTILE)) for tag, _ in Tags(note).seen}
    assert tags <= {"div", "h1", "p", "em", "strong", "span", "code"}


def test_our_own_items_do_not_become_ratings(data: DataFolder, server: ZoteroServer) -> None:
    syncing = Syncing(data, server, write=["picks"], read=["*"])
    syncing.run()
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert len(syncing.state.items) == 4
    assert syncing.published == []


def test_our_item_is_a_rating_once_the_person_files_or_tags_it(data: DataFolder, server: ZoteroServer) -> None:
    server.collect("PHYSICS2", "Physics")
    syncing = Syncing(data, server, write=["picks"], read=["*"])
    syncing.run()
    server.edit(item_key(GRAPHS), collections=[*server.items[item_key(GRAPHS)]["collections"], "PHYSICS2"])
    server.edit(item_key(TIDES), tags=[{"tag": "papersys:dislike"}])
    syncing.moment += timedelta(hours=1)
    syncing.run()
    assert syncing.said() == {GRAPHS: ("like", 0.5), TIDES: ("dislike", 1.0)}


def test_what_changed_here_is_updated_there(data: DataFolder, syncing: Syncing, server: ZoteroServer) -> None:
    syncing.run()
    with_tags(data, "Graph neural networks", "Random walks")
    report = syncing.run()
    assert report.written.updated == [GRAPHS]
    assert [tag["tag"] for tag in server.items[item_key(GRAPHS)]["tags"]] == ["Graph neural networks", "Random walks"]


def test_what_the_person_changed_stays_and_ours_is_merged(
    data: DataFolder, syncing: Syncing, server: ZoteroServer
) -> None:
    syncing.run()
    mine = [{"tag": "to read"}, *server.items[item_key(GRAPHS)]["tags"]]
    server.edit(item_key(GRAPHS), tags=mine, title="My own title")
    with_tags(data, "Graph neural networks", "Random walks")
    report = syncing.run()
    item = server.items[item_key(GRAPHS)]
    assert [tag["tag"] for tag in item["tags"]] == ["to read", "Graph neural networks", "Random walks"]
    assert item["title"] == "My own title"
    assert (report.written.updated, report.written.conflicts) == ([GRAPHS], [])
    assert server.answers[412] == 1


def test_a_note_that_both_changed_is_a_conflict_that_is_shown_and_stays_theirs(
    data: DataFolder, syncing: Syncing, server: ZoteroServer
) -> None:
    syncing.run()
    server.edit(note_key(GRAPHS), note="<p>What I think of it.</p>")
    NoteStore(data).put("me", GRAPHS, "Something else.")
    report = syncing.run()
    assert server.items[note_key(GRAPHS)]["note"] == "<p>What I think of it.</p>"
    assert report.written.conflicts == [GRAPHS]
    assert syncing.state.written[GRAPHS].conflicts.keys() == {"note"}
    asked = len(server.asked)
    assert syncing.run().written.conflicts == []
    assert all(method == "GET" for method, _ in server.asked[asked:])
    NoteStore(data).put("me", GRAPHS, "Something else again.", NoteStore(data).get("me", GRAPHS).fingerprint)
    syncing.run()
    assert server.items[note_key(GRAPHS)]["note"] == "<p>What I think of it.</p>"


def test_a_title_that_both_changed_is_never_overwritten(
    data: DataFolder, syncing: Syncing, server: ZoteroServer, change_title: Callable[[str], None]
) -> None:
    syncing.run()
    server.edit(item_key(GRAPHS), title="My own title")
    for title in ("A second version", "A third version"):
        change_title(title)
        assert syncing.run().written.conflicts == [GRAPHS] or title == "A third version"
        assert server.items[item_key(GRAPHS)]["title"] == "My own title"
        assert "title" in syncing.state.written[GRAPHS].conflicts


@pytest.fixture
def change_title(data: DataFolder) -> Callable[[str], None]:
    def change(title: str) -> None:
        MetadataStore(data).put([replace(paper(GRAPHS), title=title, version=3)])

    return change


def test_a_note_of_our_own_is_updated_although_zotero_keeps_it_in_other_html(
    data: DataFolder, syncing: Syncing, server: ZoteroServer
) -> None:
    syncing.run()
    for text in ("First thought.", "Second thought."):
        known = NoteStore(data).get("me", GRAPHS)
        NoteStore(data).put("me", GRAPHS, text, known.fingerprint)
        assert syncing.run().written.updated == [GRAPHS]
        assert text in server.items[note_key(GRAPHS)]["note"]


@pytest.mark.parametrize("how", ["deleted", "bin"])
def test_what_the_person_took_away_does_not_come_again(
    data: DataFolder, syncing: Syncing, server: ZoteroServer, how: str
) -> None:
    syncing.run()
    server.remove(item_key(GRAPHS)) if how == "deleted" else server.edit(item_key(GRAPHS), deleted=1)
    with_tags(data, "Other")
    report = syncing.run()
    assert report.written.removed == [GRAPHS]
    syncing.run()
    assert server.items.get(item_key(GRAPHS), {"deleted": 1})["deleted"] == 1


def test_a_note_that_the_person_deleted_does_not_come_again(
    data: DataFolder, syncing: Syncing, server: ZoteroServer
) -> None:
    syncing.run()
    server.remove(note_key(GRAPHS))
    NoteStore(data).put("me", GRAPHS, "Something new.")
    syncing.run()
    assert server.notes_of(item_key(GRAPHS)) == []
    assert syncing.state.written[GRAPHS].state == "written"


def test_a_paper_that_the_person_has_already_is_left_alone(data: DataFolder, server: ZoteroServer) -> None:
    server.add("AAAAAAA2", archiveID=f"arXiv:{GRAPHS}", title="Mine")
    syncing = Syncing(data, server, write=["picks"])
    report = syncing.run()
    assert report.written.present == [GRAPHS]
    assert item_key(GRAPHS) not in server.items
    assert server.items["AAAAAAA2"]["version"] == 1


def test_a_collection_of_that_name_is_used(data: DataFolder, server: ZoteroServer) -> None:
    server.collect("MYPAPER2", "papersys")
    Syncing(data, server, write=["picks"]).run()
    assert list(server.collections) == ["MYPAPER2"]
    assert server.items[item_key(GRAPHS)]["collections"] == ["MYPAPER2"]


@pytest.mark.parametrize("path", ["collections", "items"])
@pytest.mark.parametrize("after", [True, False])
@pytest.mark.parametrize("status", [0, 502])
def test_a_write_whose_answer_got_lost_is_done_once(
    syncing: Syncing, server: ZoteroServer, path: str, after: bool, status: int
) -> None:
    faults = iter([Fault(status, after=after)])
    server.fault = lambda method, asked: next(faults, None) if (method, asked) == ("POST", path) else None
    syncing.run()
    syncing.run()
    assert sorted(item["title"] for item in server.items.values() if item["itemType"] == "preprint")
    assert len([item for item in server.items.values() if item["itemType"] == "preprint"]) == 4
    assert len(server.collections) == 1
    assert {item.state for item in syncing.state.written.values()} == {"written"}
    assert not any(item.conflicts for item in syncing.state.written.values())


@pytest.mark.parametrize("number", range(1, 9))
def test_a_kill_at_any_request_loses_and_doubles_nothing(
    data: DataFolder, syncing: Syncing, server: ZoteroServer, number: int
) -> None:
    calls = iter(range(1, 100))

    async def killed_in(seconds: float) -> None:
        raise KeyboardInterrupt

    server.fault = lambda method, path: Fault(0, after=True) if next(calls) == number else None
    zotero = syncing.zotero

    def fragile() -> Any:
        opened = zotero()
        opened._sleep = killed_in
        return opened

    syncing.zotero = fragile  # type: ignore[method-assign]
    try:
        syncing.run()
    except KeyboardInterrupt:
        assert number <= len(server.asked)
    syncing.zotero = zotero  # type: ignore[method-assign]
    server.fault = lambda method, path: None
    with_tags(data, "Graph neural networks", "Random walks")
    syncing.run()
    syncing.run()
    assert len(server.items) == 7
    assert [tag["tag"] for tag in server.items[item_key(GRAPHS)]["tags"]] == ["Graph neural networks", "Random walks"]
    version = server.version
    syncing.run()
    assert server.version == version


def test_a_lost_state_finds_what_was_written_again(data: DataFolder, syncing: Syncing, server: ZoteroServer) -> None:
    syncing.run()
    server.edit(item_key(TIDES), title="My own title")
    data.path("state", "zotero", "mine.json").unlink()
    version = server.version
    syncing.run()
    assert (server.version, len(server.items)) == (version, 7)
    assert server.items[item_key(TIDES)]["title"] == "My own title"


def test_a_paper_that_zotero_refuses_stops_no_other(data: DataFolder, server: ZoteroServer) -> None:
    syncing = Syncing(data, server, write=["picks"])
    check = server._check

    def stricter(thing: Any) -> None:
        if thing.get("archiveID") == f"arXiv:{TIDES}":
            raise Refused(413, "Title too long")
        check(thing)

    server._check = stricter  # type: ignore[method-assign]
    report = syncing.run()
    assert report.written.failed == {TIDES: "Title too long"}
    assert len(report.written.created) == 3
    server._check = check  # type: ignore[method-assign]
    assert syncing.run().written.created == [TIDES]


def test_many_papers_go_in_batches_that_zotero_takes(data: DataFolder, server: ZoteroServer) -> None:
    ids = [f"2610.{number:05d}" for number in range(1, 61)]
    MetadataStore(data).put(replace(paper(PROTEINS), paper_id=paper_id) for paper_id in ids)
    save(data, *ids)
    report = Syncing(data, server, write=["saved"]).run()
    assert len(report.written.created) == 60
    assert len([path for method, path in server.asked if (method, path) == ("POST", "items")]) == 3


def test_a_key_that_may_not_write_says_so_and_ratings_are_read(data: DataFolder, server: ZoteroServer) -> None:
    server.collect("PHYSICS2", "Physics")
    server.add("AAAAAAA2", "PHYSICS2", archiveID=f"arXiv:{PROTEINS}")
    server.may_write = False
    syncing = Syncing(data, server, write=["picks"], read=["Physics"])
    with pytest.raises(ZoteroClosed, match="write access"):
        syncing.run()
    assert syncing.said() == {PROTEINS: ("like", 0.5)}
