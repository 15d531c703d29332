"""Summaries as readers see them: tags as the index has them now."""

from datetime import UTC, datetime

from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import MadeBy, Summary, SummaryStore
from shared.store.tagging.canonical_summaries import CanonicalSummaries
from shared.store.tagging.tags import Tag, TagStore

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def test_a_tag_that_came_later_shows_while_the_file_keeps_what_was_stored(data: DataFolder) -> None:
    made_by = MadeBy(event_id="e1", model="x")
    SummaryStore(data).put(
        Summary(
            paper_id="2410.00001",
            version=1,
            mode="extractive",
            raw_tags=("Merge Trees",),
            made_at=NOON,
            made_by=made_by,
        )
    )
    tags = TagStore(data)
    summaries = CanonicalSummaries(data, tags)
    before = summaries.fingerprint()
    assert summaries.get_many(["2410.00001"])["2410.00001"].tags == ()
    tags.add([Tag(slug="merge-trees", label="merge trees", made_by="user", made_at=NOON)])
    assert [summary.tags for summary in summaries.all()] == [("merge-trees",)]
    assert summaries.fingerprint() != before
    stored = SummaryStore(data).get("2410.00001")
    assert stored is not None
    assert stored.tags == ()
