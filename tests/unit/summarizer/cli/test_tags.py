"""`papersys tags`, as a person types it, with no running system."""

import csv
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.cli import tags as command
from shared.command_line.context import TextEncoder
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.tagging.tags import Tag, TagDecision, TagStore, slug_of
from tests.support.bus.ports import free_port
from tests.support.checks.command_line import run_command
from tests.unit.summarizer.tags.test_canonical_table import by_words

NOW = datetime(2026, 11, 20, tzinfo=UTC)


class ByWords(TextEncoder):
    """Near is what has words in common."""

    @property
    def recipe(self) -> str:
        return "words"

    def encode(self, texts: Sequence[str]) -> Any:
        return by_words(texts)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TagStore:
    """Three tags of two papers, one that waits; the settings file names the folder."""
    settings = tmp_path / "papersys.toml"
    settings.write_text(f'[data]\npath = "{tmp_path / "data"}"\nmin_free_mb = 0\n[bus]\nport = {free_port()}\n')
    monkeypatch.setenv("PAPERSYS_CONFIG", str(settings))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(command, "open_text_encoder", ByWords)
    made = TagStore(DataFolder(tmp_path / "data", 0))
    labels = ("cats", "felines", "zebra caches")
    tags = [Tag(slug=slug_of(label), label=label, made_by="2610.00001", made_at=NOW) for label in labels]
    maps = [
        TagDecision(phrase=label, slug=slug_of(label), how="new", paper_id=paper_id, made_at=NOW)
        for label, paper_id in zip(labels, ("2610.00001", "2610.00002", "2610.00001"), strict=True)
    ]
    propose = TagDecision(action="propose", phrase="tape robots", slug="tape-robots", how="new", made_at=NOW)
    made.add(tags, [*maps, propose])
    return made


def listed(*options: str) -> dict[str, Any]:
    return {tag["slug"]: tag for tag in json.loads(run_command("tags", "list", "--json", *options).out)}


def test_tags_are_listed_with_their_papers_and_what_waits_only_if_asked_for(store: TagStore) -> None:
    assert set(listed()) == {"cats", "felines", "zebra-caches"}
    assert set(listed("--status", "waiting")) == {"tape-robots"}
    assert listed()["cats"]["papers"] == ["2610.00001"]
    assert run_command("tags", "list").out.splitlines()[-1] == "3 tags."
    assert run_command("tags", "list", "--status", "new").code == 2


def test_a_merge_is_kept_with_its_reason_shown_and_undone(store: TagStore) -> None:
    merged = run_command("tags", "merge", "felines", "cats", "--why", "the same animal")
    assert (merged.code, merged.out) == (0, "Merged felines into cats (cats, 2 papers).\n")
    assert set(listed()) == {"cats", "zebra-caches"}
    shown = run_command("tags", "show", "felines").out
    assert "felines merged into cats, by user: the same animal" in shown
    assert "merged" in shown
    undone = run_command("tags", "undo")
    assert undone.out.startswith("Undone: felines merged into cats")
    assert set(listed()) == {"cats", "felines", "zebra-caches"}
    assert "(undone)" in run_command("tags", "show", "felines").out
    assert run_command("tags", "undo").code == 1


def test_any_decision_is_undone_by_its_id(store: TagStore) -> None:
    run_command("tags", "reject", "zebra caches")
    run_command("tags", "merge", "felines", "cats")
    shown = json.loads(run_command("tags", "show", "zebra-caches", "--json").out)
    [rejection] = [one for one in shown["decisions"] if one["action"] == "reject"]
    assert run_command("tags", "undo", rejection["id"]).code == 0
    assert set(listed()) == {"cats", "zebra-caches"}
    again = run_command("tags", "undo", rejection["id"])
    assert (again.code, "undone already" in again.err) == (1, True)


def test_a_renamed_tag_keeps_its_address(store: TagStore) -> None:
    done = run_command("tags", "rename", "cats", "Domestic cats", "--description", "Small animals.", "--json")
    assert done.code == 0
    tag = listed()["cats"]
    assert (tag["label"], tag["aliases"], tag["description"]) == ("Domestic cats", ["cats"], "Small animals.")
    taken = run_command("tags", "rename", "cats", "felines")
    assert (taken.code, "merge cats into it instead" in taken.err) == (1, True)


def test_a_rejected_phrase_that_was_no_tag_stays_rejected_until_it_is_accepted(store: TagStore) -> None:
    assert "was no tag yet" in run_command("tags", "reject", "lonely gadgets").out
    assert store.index().is_rejected("lonely gadget")
    assert run_command("tags", "accept", "lonely gadgets").code == 0
    assert store.index().canonical("lonely gadgets") == "lonely-gadgets"
    assert run_command("tags", "accept", "method").code == 1


def test_what_is_no_tag_is_a_clear_error_that_names_one_like_it(store: TagStore) -> None:
    for arguments in (("show", "catz"), ("merge", "catz", "felines"), ("rename", "catz", "x")):
        failed = run_command("tags", *arguments)
        assert (failed.code, "no tag 'catz'; there is cats" in failed.err) == (1, True)
    assert run_command("tags", "merge", "cats").code == 2
    assert run_command("tags", "merge", "cats", "cats").code == 1
    assert run_command("tags", "undo", "0123").code == 1


def test_the_sweep_proposes_and_changes_nothing_unless_told_to(store: TagStore) -> None:
    many = Tag(slug="zebra-caching", label="zebra caching", made_by="2610.00002", made_at=NOW)
    store.add([many], [TagDecision(phrase="zebra caching", slug=many.slug, how="new", paper_id="2610.2", made_at=NOW)])
    before = store.decisions_path.read_bytes()
    assert run_command("tags", "sweep", "--json").code == 0
    assert store.decisions_path.read_bytes() == before
    assert store.proposals_path.exists()


def test_a_file_of_raw_tags_becomes_a_table(store: TagStore, tmp_path: Path) -> None:
    raw = tmp_path / "raw.txt"
    raw.write_bytes(b"NLP\nnatural language processing\n\nNLP\n\xff\n")
    done = run_command("tags", "canonicalize", str(raw), "-o", str(tmp_path / "out.csv"))
    assert done.code == 0, done.err
    rows = list(csv.reader((tmp_path / "out.csv").open(encoding="utf-8", newline="")))
    assert rows == [["raw", "canonical"], ["NLP", "NLP"], ["natural language processing", "NLP"], ["", ""],
                    ["NLP", "NLP"], ["\ufffd", "\ufffd"]]  # fmt: skip
    assert run_command("tags", "canonicalize", str(raw)).out.splitlines()[1] == "NLP,NLP"


def test_without_vectors_spelling_alone_decides_and_it_is_said(
    store: TagStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> TextEncoder:
        raise PapersysError("the model is not here")

    monkeypatch.setattr(command, "open_text_encoder", away)
    (tmp_path / "raw.txt").write_text("cat\nCats\n")
    done = run_command("tags", "canonicalize", "raw.txt", "-o", "out.csv")
    assert (done.code, "By spelling alone" in done.err) == (0, True)
    assert (tmp_path / "out.csv").read_text() == "raw,canonical\ncat,cat\nCats,cat\n"


def test_an_empty_or_missing_file_is_no_traceback(store: TagStore, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    assert run_command("tags", "canonicalize", "empty.txt").out == "raw,canonical\n"
    assert run_command("tags", "canonicalize", "none.txt").code == 1
    assert run_command("tags", "canonicalize", "empty.txt", "-o", "no/such/out.csv").code == 1
