"""Secret addresses: one a user, kept, renewed, and never guessed from a spoilt file."""

from pathlib import Path

from services.publisher.outlets.feeds.feed_keys import FeedKeys
from shared.store.files.data_folder import DataFolder


def test_each_user_has_a_key_that_lasts(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    mine, hers = FeedKeys(data).key_of("me"), FeedKeys(data).key_of("ana")
    assert FeedKeys(data).key_of("me") == mine != hers
    assert [FeedKeys(data).user_of(key) for key in (mine, hers, "", mine[:-1])] == ["me", "ana", None, None]


def test_a_renewed_key_ends_the_old_one(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    keys, elsewhere = FeedKeys(data), FeedKeys(data)
    old = keys.key_of("me")
    assert elsewhere.user_of(old) == "me"
    new = keys.renew("me")
    assert (elsewhere.user_of(old), elsewhere.user_of(new)) == (None, "me")


def test_a_file_that_cannot_be_read_opens_no_feed(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    key = FeedKeys(data).key_of("me")
    for content in ("", "[]", "{", '{"me": ""}', '{"me": null}'):
        (tmp_path / "state" / "publisher" / "feed_keys.json").write_text(content)
        assert FeedKeys(data).user_of(key) is None
        assert FeedKeys(data).user_of("") is None
