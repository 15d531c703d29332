"""Tokens in e-mails: only ours count, each for one thing, ratings for a while."""

import time
from pathlib import Path

import pytest

from services.publisher.outlets.digest.signed_links import MailAction, SignedLinks
from shared.store.files.data_folder import DataFolder
from tests.support.folders.seed import GRAPHS, OLD

LIKE = MailAction("like", "me", OLD)


def test_what_is_signed_comes_back(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    for action in (LIKE, MailAction("dislike", "ana", GRAPHS), MailAction("unsubscribe", "me")):
        assert SignedLinks(data).read(SignedLinks(data).token(action)) == action
    assert (tmp_path / "state" / "publisher" / "mail_key").stat().st_mode & 0o077 == 0


def test_nothing_else_counts(tmp_path: Path) -> None:
    ours, theirs = SignedLinks(DataFolder(tmp_path / "ours", 0)), SignedLinks(DataFolder(tmp_path / "theirs", 0))
    token = ours.token(LIKE)
    for spoilt in (
        "",
        "x",
        token[:-1],
        token + "x",
        "." + token,
        theirs.token(LIKE),
        "\x00",
        token.replace(".", "", 1),
    ):
        assert ours.read(spoilt) is None


def test_a_rating_grows_old_and_unsubscribing_never(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    links = SignedLinks(DataFolder(tmp_path, 0))
    like, stop = links.token(LIKE), links.token(MailAction("unsubscribe", "me"))
    later = time.time() + 91 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert links.read(like) is None
    assert links.read(stop) == MailAction("unsubscribe", "me")
