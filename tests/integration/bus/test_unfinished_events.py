"""Events under way are saved with a backup and published again on a new server; proved on real ones."""

from pathlib import Path

from nats.js import JetStreamContext

from deploy.backup.events_under_way import FILE, EventsUnderWay, publish_restored_events
from deploy.launcher.output import Output
from shared.bus.connections import connected, publish
from shared.bus.delivery.dead_letters import DeadLetters, letter_for
from shared.bus.delivery.unfinished import first_unfinished, publish_unfinished, unfinished_lines
from shared.bus.streams import reconcile
from shared.contracts import STREAM, PapersNew
from shared.settings.settings import BusSettings, LogSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus.nats import nats_server
from tests.support.bus.ports import free_port


async def finish_one(js: JetStreamContext) -> None:
    """What the embedder does with its first event."""
    subscription = await js.pull_subscribe(PapersNew.subject, durable="embedder-papers-new", stream=STREAM)
    [message] = await subscription.fetch(1, timeout=5)
    await message.ack_sync()


async def bodies(js: JetStreamContext) -> list[bytes]:
    last = (await js.stream_info(STREAM)).state.messages
    return [(await js.get_msg(STREAM, seq=number)).data or b"" for number in range(1, last + 1)]


async def test_what_was_not_finished_or_came_meanwhile_goes_on_elsewhere_and_twice_is_once(tmp_path: Path) -> None:
    events = [PapersNew(paper_ids=(f"2611.0000{number}",)) for number in range(4)]
    with nats_server(tmp_path / "old") as old:
        async with connected(old.settings) as client:
            js = client.jetstream()
            await reconcile(js, 20)
            for event in events[:2]:
                await publish(old.settings, event)
            await finish_one(js)
            first = await first_unfinished(js)
            for event in events[2:]:
                await publish(old.settings, event)
            await finish_one(js)  # within the time that the backup takes: it may hold the state before
            await DeadLetters(js).put(letter_for("embedder", events[0], None, "never", 3))
            lines = await unfinished_lines(js, first)
    with nats_server(tmp_path / "new") as new:
        async with connected(new.settings) as client:
            js = client.jetstream()
            await reconcile(js, 20)
            for _ in range(2):
                assert (
                    await publish_unfinished(js, [*lines.split("\n"), "{", '{"subject": "elsewhere", "body": ""}']) == 5
                )
            assert [PapersNew.model_validate_json(body) for body in await bodies(js)] == events[1:]
            [letter] = await DeadLetters(js).all()
            assert letter.reason == "never"


async def test_where_all_is_done_nothing_is_saved(tmp_path: Path) -> None:
    with nats_server(tmp_path / "nats") as server:
        async with connected(server.settings) as client:
            js = client.jetstream()
            await reconcile(js, 20)
            await publish(server.settings, PapersNew(paper_ids=("2611.00001",)))
            await finish_one(js)
            assert await unfinished_lines(js, await first_unfinished(js)) == ""


def test_without_a_running_system_there_is_nothing_to_save() -> None:
    events = EventsUnderWay(BusSettings(port=free_port()))
    events.begin()
    assert events.lines() == ""


async def test_a_restored_folder_gives_its_events_once_and_keeps_them_while_nats_is_away(tmp_path: Path) -> None:
    data, output = DataFolder(tmp_path / "data", 0), Output(LogSettings(format="json"))
    line = '{"subject": "papers.new", "message_id": "m1", "body": "e30="}\n'
    data.write_text(data.path(*FILE), line)
    await publish_restored_events(BusSettings(port=free_port()), data, output)
    assert data.path(*FILE).read_text() == line
    with nats_server(tmp_path / "nats") as server:
        async with connected(server.settings) as client:
            await reconcile(client.jetstream(), 20)
            for _ in range(2):
                await publish_restored_events(server.settings, data, output)
            assert await bodies(client.jetstream()) == [b"{}"]
    assert not data.path(*FILE).exists()
