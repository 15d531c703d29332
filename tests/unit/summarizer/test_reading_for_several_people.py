"""A paper that several people's quotas picked is read once, on the cap of the first who has room for it."""

from pathlib import Path

from shared.contracts import PapersSelected, SummariesReady
from shared.store.people.users import UserStore
from tests.support.llm.server import Scripted, llm_server
from tests.support.papers.summarizer import PAPER_ID, Room, paper, room
from tests.unit.summarizer.test_reading_with_a_model import said, settings


async def pick(here: Room, *users: str) -> None:
    for user in users:
        event = PapersSelected(paper_ids=(PAPER_ID,), event_id=f"pick of {user}", user=user)
        await here.bus.deliver(event)


async def test_three_people_who_pick_a_paper_pay_for_it_once(tmp_path: Path) -> None:
    with llm_server(lambda body, number: Scripted(said())) as server:
        async with room(tmp_path, settings(server)) as here:
            here.hold(paper())
            await pick(here, "anna", "ben", "me")
            calls = list(here.ledger.calls())
            assert {call.user for call in calls} == {"anna"}
            assert len([call for call in calls if call.purpose == "extract"]) == 1
            ready = [event for event in here.bus.published if isinstance(event, SummariesReady)]
            assert [event.user for event in ready] == ["anna", "ben", "me"]


async def test_who_has_nothing_left_cuts_a_paper_short_only_until_somebody_with_room_picks_it(tmp_path: Path) -> None:
    with llm_server(lambda body, number: Scripted(said())) as server:
        async with room(tmp_path, settings(server)) as here:
            UserStore(here.data).add("anna", monthly_cost=0.0)
            here.hold(paper())
            await pick(here, "anna")
            short = here.summaries.get(PAPER_ID)
            assert short is not None
            assert (short.mode, list(here.ledger.calls())) == ("extractive", [])
            await pick(here, "ben", "anna", "ben")
            whole = here.summaries.get(PAPER_ID)
            assert whole is not None
            assert (whole.mode, whole.reading) == ("llm", "full_text")
            assert {call.user for call in here.ledger.calls()} == {"ben"}
            assert len([call for call in here.ledger.calls() if call.purpose == "extract"]) == 1
