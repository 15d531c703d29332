"""The service's own rounds: what keeps one back is said, and one library stops no other."""

import asyncio

from services.publisher.access.policy import AccessPolicy
from services.publisher.access.sessions import Sessions
from services.publisher.outlets.zotero.keys import key_of
from services.publisher.outlets.zotero.sync_loop import ZoteroLoop
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from shared.store.people.users import UserStore
from tests.support.folders.seed import GRAPHS
from tests.support.outside.zotero_server import LIBRARY, Fault, ZoteroServer
from tests.support.outside.zotero_sync import Syncing


def loop_of(data: DataFolder, **libraries: Syncing) -> ZoteroLoop:
    access = AccessPolicy.of(None, (), Sessions(data, ""), UserStore(data))
    return ZoteroLoop({name: (one.settings, one.sync()) for name, one in libraries.items()}, access)


def test_a_library_that_is_away_is_told_and_tried_again_when_it_says(data: DataFolder, server: ZoteroServer) -> None:
    loop = loop_of(data, mine=Syncing(data, server, write=["picks"]))
    server.fault = lambda method, path: Fault(503, headers={"Retry-After": "1200"})
    assert asyncio.run(loop.round("mine")) == 1200
    assert "Zotero library mine: Zotero is busy or failed (503); it asks to wait for 1200 s." in str(loop.note())
    server.fault = lambda method, path: None
    assert asyncio.run(loop.round("mine")) == 15 * 60
    assert loop.note() is None


def test_a_conflict_is_told_until_it_is_over(data: DataFolder, server: ZoteroServer) -> None:
    syncing = Syncing(data, server, write=["picks"])
    loop = loop_of(data, mine=syncing)
    asyncio.run(loop.round("mine"))
    server.edit(key_of(LIBRARY, "note", GRAPHS), note="<p>Mine.</p>")
    NoteStore(data).put("me", GRAPHS, "Something else.")
    for _ in range(2):
        asyncio.run(loop.round("mine"))
        assert f"{GRAPHS}: note changed in Zotero and here; what Zotero has stays." in str(loop.note())


def test_the_library_of_somebody_who_left_is_not_asked(data: DataFolder, server: ZoteroServer) -> None:
    loop = loop_of(data, hers=Syncing(data, server, write=["picks"], user="ana"))
    asyncio.run(loop.round("hers"))
    assert server.asked == []


def test_why_rounds_break_off_is_kept_until_one_does_not(data: DataFolder, server: ZoteroServer) -> None:
    syncing = Syncing(data, server, write=["picks"])
    loop, file = loop_of(data, mine=syncing), syncing.sync().file
    server.fault = lambda method, path: Fault(503)
    asyncio.run(loop.round("mine"))
    failed = file.read()
    assert "Zotero is busy or failed (503)" in failed.problem
    asyncio.run(loop.round("mine"))
    assert file.read() == failed
    server.fault = lambda method, path: None
    asyncio.run(loop.round("mine"))
    assert (file.read().problem, file.read().failed_at) == ("", None)
