"""What a site holds, and what differs between two."""

from pathlib import Path

import pytest

from services.publisher.site.deploying.manifest import (
    SiteFile,
    changes_between,
    digest_of,
    dump_listing,
    manifest_of,
    read_listing,
)
from shared.errors import PermanentFailure
from tests.support.browsing.sites import PAGES, write_site


def test_a_site_is_its_files_by_hash(tmp_path: Path) -> None:
    site = manifest_of(write_site(tmp_path / "a"))
    assert set(site) == set(PAGES)
    assert site["rss.xml"].size == len(PAGES["rss.xml"])
    assert digest_of(site) == digest_of(manifest_of(write_site(tmp_path / "b")))
    assert digest_of(site) != digest_of(manifest_of(write_site(tmp_path / "b", {"rss.xml": "<rss />"})))


def test_what_is_no_whole_site_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PermanentFailure, match="no built site"):
        manifest_of(tmp_path / "public")
    with pytest.raises(PermanentFailure, match=r"no index\.html"):
        manifest_of(write_site(tmp_path / "half", {"rss.xml": "x"}))
    site = write_site(tmp_path / "linked")
    (site / "secrets").symlink_to("/etc")
    with pytest.raises(PermanentFailure, match="secrets is a link"):
        manifest_of(site)
    odd = write_site(tmp_path / "odd", {"index.html": "x", "a\nb.html": "x"})
    with pytest.raises(PermanentFailure, match="control characters"):
        manifest_of(odd)


def test_changes_are_told_in_files_and_bytes() -> None:
    before = {"a": SiteFile("1", 10), "b": SiteFile("2", 20)}
    after = {"b": SiteFile("3", 2_000), "c": SiteFile("4", 40)}
    changes = changes_between(before, after)
    assert (changes.new, changes.changed, changes.removed) == (("c",), ("b",), ("a",))
    assert str(changes) == "1 new, 1 changed, 1 removed; 2.0 kB"
    assert str(changes_between(after, after)) == "nothing changed"


def test_a_listing_names_nothing_outside_its_folder() -> None:
    paths = {"a b/ü.html", "index.html"}
    assert read_listing(dump_listing(paths)) == paths
    assert read_listing(dump_listing({*paths, "../x", "/etc/passwd", "a//b", "a/../../b", "a\nb", "a\\..\\b"})) == paths
    for text in ("[]", "{}", "no", '{"files": "a"}'):
        with pytest.raises(ValueError, match=r"names no files|Expecting value"):
            read_listing(text)
