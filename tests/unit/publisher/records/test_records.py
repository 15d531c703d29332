"""The records behind the pages: read anew when a store changes, picks in their order, tags by address."""

from dataclasses import replace

from services.publisher.records.records import Records, picks_of
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from tests.support.folders.seed import GRAPHS, HOSTILE, OLD, PROTEINS, TIDES, pick, summary


def test_papers_stored_meanwhile_are_seen(data: DataFolder) -> None:
    records = Records(data, "minilm")
    stored = records.papers([GRAPHS])[GRAPHS]
    MetadataStore(data).put([replace(stored, version=3, title="Another title")])
    assert records.papers([GRAPHS])[GRAPHS].title == "Another title"


def test_a_paper_picked_twice_on_a_day_is_shown_once_in_its_better_place() -> None:
    candidates = [pick(GRAPHS, None, "requested"), pick(TIDES, 2), pick(GRAPHS, 1), pick(HOSTILE, 3, "explore")]
    assert [(shown.paper_id, shown.slot) for shown in picks_of(candidates)] == [
        (GRAPHS, "top"),
        (TIDES, "top"),
        (HOSTILE, "explore"),
    ]


def test_the_papers_of_a_tag_are_found_by_its_address_newest_first(data: DataFolder) -> None:
    records = Records(data, "minilm")
    assert records.tags.papers("planets") == ("Planets", [HOSTILE, TIDES, OLD])
    assert records.tags.papers("none") == ("", [])
    SummaryStore(data).put(summary(PROTEINS))
    assert records.tags.papers("graph-neural-networks")[1] == [PROTEINS, GRAPHS]
