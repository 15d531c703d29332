"""Damage of the decisions about tags, planted one by one; and when their index may be written anew."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying.datasets.tags import rebuild_tag_index, verify_tags
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.findings import Finding, Findings
from shared.store.tagging.tag_decisions import TagDecision
from shared.store.tagging.tags import TagStore
from tests.support.folders.sound_folder import NOON, premises_of, sound_folder


def found(data: DataFolder) -> list[Finding]:
    findings = Findings("tags")
    verify_tags(premises_of(data), findings)
    return findings.all()


def twice(text: str) -> str:
    return text + text.splitlines(keepends=True)[-1]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text[:-9], "is cut"),
        (twice, "says again what line 2 says"),
        (lambda text: text.replace("2611.00101", "2611.101"), "was a zero lost"),
        (lambda text: text.replace("2611.00101", "2611.00999"), "1 tagged paper without metadata"),
        (lambda text: text.replace("2026-11-06", "2136-11-06"), "is of a time to come"),
        (lambda text: text.replace('"action"', '"actiom"'), "about the tag walks, which no line makes"),
        (lambda text: "".join(text.splitlines(keepends=True)[1:]), "lacks the decisions that made 1 tag"),
    ],
)
def test_each_kind_of_damage_is_found(tmp_path: Path, change: Callable[[str], str], words: str) -> None:
    data = sound_folder(tmp_path)
    path = TagStore(data).decisions_path
    path.write_text(change(path.read_text()))
    assert [finding for finding in found(data) if words in finding.what], found(data)


def test_an_undo_of_what_is_not_there_is_found(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    TagStore(data).decide(lambda index: [TagDecision(action="undo", undoes="abc", how="user", made_at=NOON)])
    assert ["undoes a decision that is not there" in finding.what for finding in found(data)] == [True]


@pytest.mark.parametrize("damage", ["gone", "changed"])
def test_the_index_is_written_anew_from_the_decisions(tmp_path: Path, damage: str) -> None:
    data = sound_folder(tmp_path)
    path = TagStore(data).index_path
    path.unlink() if damage == "gone" else path.write_text(path.read_text().replace("Walks", "Talks"))
    (finding,) = found(data)
    assert (finding.severity, finding.repair) == ("gap", "tag-index")
    rebuild_tag_index(premises_of(data))
    assert found(data) == []


def test_an_index_that_knows_more_than_the_decisions_is_kept(tmp_path: Path) -> None:
    """Made from what is left of the decisions, it would say less."""
    data = sound_folder(tmp_path)
    TagStore(data).decisions_path.unlink()
    (finding,) = found(data)
    assert (finding.severity, finding.where, finding.repair) == ("damage", "tags/decisions.jsonl", "")
