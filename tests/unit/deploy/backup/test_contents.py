"""What of a data folder is backed up, and in which order."""

from pathlib import PurePosixPath

import pytest

from deploy.backup.contents import in_order, is_appended, is_kept


def test_what_refers_is_taken_before_what_it_refers_to() -> None:
    names = ["metadata", "embeddings", "links", "notes", "selections", "state", "summaries", "tags", "a-new-dataset"]
    names += ["reading_list", "chunks", "traces"]
    order = in_order(names)
    assert order[0] == "state"
    assert order[-1] == "metadata"
    assert order.index("reading_list") < order.index("chunks")
    for user, used in [("links", "summaries"), ("summaries", "tags"), ("selections", "embeddings"), ("notes", "tags")]:
        assert order.index(user) < order.index(used)


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("metadata/2026-11.csv", True),
        ("state/fetcher/cursors/x.json", True),
        ("state/reader.token", True),
        ("notes/me/2611.00001.md", True),
        ("site/content/papers/x.md", True),
        ("documents/2611.00001/v1/document.md", True),
        ("a-new-dataset/x.bin", True),
        ("site/public", False),
        ("state/search", False),
        ("state/agent.sqlite", False),
        ("state/agent-2.sqlite-wal", False),
        ("state/backup", False),
        ("state/locks", False),
        ("nats", False),
        ("qdrant", False),
        ("cache", False),
        ("demo-2026-11-21", False),
        ("metadata/.2026-11.csv.0a1b2c3d.tmp", False),
        ("notes/me/nats", True),
        ("prompts/cache", True),
    ],
)
def test_what_can_be_made_again_is_left_out_and_nothing_else(path: str, kept: bool) -> None:
    assert is_kept(PurePosixPath(path)) is kept


def test_documents_can_be_left_out() -> None:
    assert not is_kept(PurePosixPath("documents/2611.00001/v1/document.md"), documents=False)


def test_files_that_grow_are_told_from_those_that_are_replaced() -> None:
    grows = ["preferences/events-2026.csv", "tags/decisions.jsonl", "state/ranker/arrivals/x.jsonl"]
    grows += ["traces/2026-11/20261122T230922975225-b3b7e5.jsonl", "reading_list/unreadable/me.jsonl"]
    assert all(is_appended(PurePosixPath(path)) for path in grows)
    stays = ["selections/2026-11-06/x.parquet", "notes/me/table.csv", "embeddings/minilm/manifest.json"]
    stays += ["reading_list/me.jsonl"]
    assert not any(is_appended(PurePosixPath(path)) for path in stays)
