"""Which repairs follow from which findings."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.verifying import reconciliation
from deploy.verifying.reconciliation import beyond_repair, look_up, repairs_for
from shared.contracts import Lookup, LookupReply
from shared.errors import TemporaryFailure
from shared.store.keeping.findings import Finding, Severity
from tests.support.folders.sound_folder import premises_of, sound_folder


def finding(repair: str, severity: Severity = "gap", where: str = "somewhere", papers: tuple[str, ...] = ()) -> Finding:
    return Finding(dataset="any", severity=severity, where=where, what="is wrong", repair=repair, papers=papers)


def lent(name: str) -> Callable[[], Callable[[], str]]:
    return lambda: lambda: f"{name} is made again."


def test_only_what_is_wrong_is_made_again_and_what_others_read_first(tmp_path: Path) -> None:
    premises = premises_of(sound_folder(tmp_path))
    findings = [finding("checksums", "note"), finding("search-index"), finding("metadata"), finding("", "damage")]
    repairs = repairs_for(premises, findings, {"search-index": lent("The index"), "qdrant": lent("Qdrant")})
    assert list(repairs) == ["metadata", "search-index", "checksums"]
    assert repairs["search-index"]() == "The index is made again."
    assert beyond_repair(findings) == [finding("", "damage")]


def test_a_derived_file_that_two_looks_find_is_not_called_lost_where_one_of_them_has_a_repair() -> None:
    repaired, gap = finding("ranker-files", where="state/model.json"), finding("", where="state/model.json")
    damage = finding("", "damage", "state/model.json")
    assert beyond_repair([repaired, gap, damage]) == [damage]


def test_an_index_is_not_made_from_decisions_that_are_damaged(tmp_path: Path) -> None:
    premises = premises_of(sound_folder(tmp_path))
    damaged = finding("", "damage", "tags/decisions.jsonl, line 3")
    assert list(repairs_for(premises, [finding("tag-index"), damaged], {})) == []
    assert list(repairs_for(premises, [finding("tag-index")], {})) == ["tag-index"]


def test_arxiv_is_asked_for_a_few_papers_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, ...]] = []

    def ask(request: Lookup) -> LookupReply:
        asked.append(request.paper_ids)
        return LookupReply(found=request.paper_ids[:-1])

    monkeypatch.setattr(reconciliation, "ask_running_system", ask)
    ids = [f"2611.{number:05}" for number in range(1, 13)]
    assert look_up(ids) == "arXiv gave the metadata of 10 of 12 papers."
    assert list(map(len, asked)) == [10, 2]


def test_without_a_running_system_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reconciliation, "ask_running_system", lambda request: None)
    with pytest.raises(TemporaryFailure, match=r"1 paper without metadata \(2611.00001\): start papersys"):
        look_up(["2611.00001"])
