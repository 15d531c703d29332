"""The history of tags, read again only when it changed."""

from datetime import UTC, datetime

from services.publisher.records.tag_history import TagHistories
from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import Tag, TagStore

NOW = datetime(2026, 11, 6, tzinfo=UTC)


def test_a_new_decision_shows_and_an_unchanged_file_is_not_read_again(data: DataFolder) -> None:
    tags, histories = TagStore(data), TagHistories()
    assert histories.of(tags).about("cats") == []
    tags.add([Tag(slug="cats", label="Cats", made_at=NOW)])
    history = histories.of(tags)
    assert [made.action for made in history.about("cats")] == ["create"]
    assert histories.of(tags) is history
