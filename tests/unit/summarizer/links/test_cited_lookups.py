"""Cited papers are looked up afterwards, once."""

from pathlib import Path

from shared.contracts import Lookup
from shared.errors import RequestFailed
from shared.store.papers.links import Link
from tests.support.papers.citations import BOGUS, House
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID


async def test_what_links_cite_is_looked_up_later_in_small_parts_and_wrong_ids_lose_their_links(tmp_path: Path) -> None:
    house = House(tmp_path)
    others = [f"2201.{number:05}" for number in range(1, 13)]
    house.links.put(PAPER_ID, [Link(paper_id=PAPER_ID, other_id=name, type="cites") for name in (*others, BOGUS)])
    assert await house.lookups.look_up_all() == 12
    assert [len(request.paper_ids) for request in house.bus.asked if isinstance(request, Lookup)] == [10, 3]
    assert house.links.others("cites") == set(others)
    assert await house.lookups.look_up_all() == 0
    assert len(house.bus.asked) == 2


async def test_lookups_end_early_while_the_fetcher_is_away_and_forget_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.links.put(PAPER_ID, [Link(paper_id=PAPER_ID, other_id=OTHER_ID, type="cites")])
    house.bus.answers[Lookup] = RequestFailed("away", code="unavailable", retryable=True)
    assert await house.lookups.look_up_all() == 0
    assert house.lookups.waiting() == [OTHER_ID]
