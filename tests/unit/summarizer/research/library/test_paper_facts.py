"""All that is known of a paper."""

from pathlib import Path

import pytest

from services.summarizer.research.library.paper_facts import facts_of
from shared.contracts import AddPapers
from shared.errors import PermanentFailure
from tests.support.papers.reading_lists import ListWorld


async def test_a_listed_paper_tells_metadata_version_sections_and_chunks(tmp_path: Path) -> None:
    world = ListWorld(tmp_path)
    world.newest = {"2611.00001": 2}
    world.listing.add(AddPapers(paper_ids=("2611.00001",), versions={"2611.00001": 1}))
    await world.work()
    facts = facts_of(world.data, "me", "2611.00001")
    assert (facts.text_version, facts.newest_version, facts.sections) == (1, 2, ("Introduction",))
    assert facts.listed is not None
    assert facts.listed.chunks == 7
    assert facts.authors
    assert facts_of(world.data, "ada", "2611.00001").listed is None


def test_a_paper_of_which_nothing_is_stored_says_how_to_add_it(tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match=r"papersys arxiv add 2611\.00001"):
        facts_of(ListWorld(tmp_path).data, "me", "2611.00001")
