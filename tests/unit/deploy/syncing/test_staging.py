"""Which files a sync takes, and in which state."""

import subprocess
from pathlib import Path

import pytest

from deploy.syncing.staging import ids_of, staged
from shared.contracts import ListedPaper, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.links import LIKED, Link, LinkStore
from shared.store.people.notes import NoteStore
from shared.store.research.reading_list import ReadingListStore
from tests.support.folders.bundles import SECRET, copied, seed_everything
from tests.support.folders.seed import GRAPHS, OLD


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    return seed_everything(tmp_path_factory.mktemp("everything"))


def test_ratings_and_secrets_stay_here_unless_ratings_are_asked_for(everything: DataFolder, tmp_path: Path) -> None:
    data = copied(everything, tmp_path / "data")
    LinkStore(data).put(OLD, [Link(paper_id=OLD, other_id=GRAPHS, type="similar", evidence=f"Both count{LIKED}")])
    with staged(data, with_vectors=True, with_ratings=False) as files:
        folders = {name.partition("/")[0] for name in files}
        text = b"".join(path.read_bytes() for path in files.values()).decode("utf-8", "replace")
    assert folders == {"metadata", "summaries", "links", "results", "tags", "embeddings"}
    assert "Both count" in text
    assert not [private for private in (LIKED, SECRET, "read again", "Anna's note") if private in text]
    with staged(data, with_vectors=False, with_ratings=True) as files:
        folders = {name.partition("/")[0] for name in files}
        assert SECRET not in "".join(path.read_text("utf-8", "replace") for path in files.values())
    private = {"preferences", "signals", "follows", "notes", "glossaries", "reading_list", "revisions"}
    assert folders == {"metadata", "summaries", "links", "results", "tags"} | private


def test_own_files_are_named_in_no_copy(everything: DataFolder, tmp_path: Path) -> None:
    data = copied(everything, tmp_path / "data")
    lists = ReadingListStore(data)
    own = {"paper_id": lists.keep_file(b"a draft", ".tex"), "title": "Unpublished thoughts", "file_name": "draft.tex"}
    lists.put([ListedPaper.model_validate({**own, "added_at": now(), "changed_at": now()})])
    NoteStore(data).put("me", own["paper_id"], "> A draft of Unpublished thoughts")
    with staged(data, with_vectors=False, with_ratings=True) as files:
        text = "".join(path.read_text("utf-8", "replace") for path in files.values())
        assert files["reading_list/me.jsonl"].read_text("utf-8") in data.path("reading_list", "me.jsonl").read_text()
    assert not [private for private in (own["paper_id"], own["title"], "draft.tex") if private in text]


def test_a_line_that_is_being_written_waits_for_the_next_sync(everything: DataFolder, tmp_path: Path) -> None:
    data = copied(everything, tmp_path / "data")
    path = data.path("tags", "decisions.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"torn')
    with staged(data, with_vectors=False, with_ratings=False) as files:
        assert files["tags/decisions.jsonl"].read_bytes() == whole


def test_what_identifies_a_content_is_what_git_says(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"one\n" * 1000)
    said = subprocess.run(["git", "hash-object", tmp_path / "a"], capture_output=True, text=True, check=True).stdout
    assert ids_of(tmp_path / "a").blob == said.strip()
