"""Summaries: one line a paper, and a broken line costs itself alone."""

import json
from datetime import UTC, datetime

import pytest

from shared.store.files.data_folder import DataFolder
from shared.store.papers.summaries import AbstractRole, MadeBy, Quote, Summary, SummaryStore, Verification

NOON = datetime(2026, 11, 6, 12, tzinfo=UTC)


def summary(paper_id: str, event_id: str = "e1") -> Summary:
    return Summary(
        paper_id=paper_id, version=1, mode="extractive", made_at=NOON, made_by=MadeBy(event_id=event_id, model="x")
    )


def test_a_paper_has_one_summary_line_and_lines_are_sorted(data: DataFolder) -> None:
    store = SummaryStore(data)
    for paper_id in ("2410.00002", "2410.00001", "2410.00002"):
        store.put(summary(paper_id))
    store.put(summary("2410.00001", "e2"))
    lines = data.path("summaries", "2024-10.jsonl").read_text().splitlines()
    assert [line[14:24] for line in lines] == ["2410.00001", "2410.00002"]
    stored = store.get("2410.00001")
    assert stored is not None
    assert stored.made_by.event_id == "e2"
    assert list(store.get_many(["2410.00002", "2410.09999"])) == ["2410.00002"]


def test_a_broken_summary_line_is_named_and_kept_aside_while_the_others_are_read(
    data: DataFolder, caplog: pytest.LogCaptureFixture
) -> None:
    store = SummaryStore(data)
    store.put(summary("2410.00001"))
    path = data.path("summaries", "2024-10.jsonl")
    path.write_text('{"paper_id": 5}\n' + path.read_text())
    assert SummaryStore(data).count() == 1
    assert "2024-10.jsonl, line 1, cannot be read" in caplog.text
    SummaryStore(data).put(summary("2410.00002"))
    assert data.path("summaries", "unreadable", "2024-10.jsonl").read_text() == '{"paper_id": 5}\n'
    assert [summary.paper_id for summary in SummaryStore(data).all()] == ["2410.00001", "2410.00002"]


def test_a_claim_of_earlier_versions_with_one_quote_is_still_read(data: DataFolder) -> None:
    SummaryStore(data).put(summary("2410.00001"))
    path = data.path("summaries", "2024-10.jsonl")
    line = json.loads(path.read_text())
    claims = [{"text": "It is fast.", "quote": "no such words", "section": "2 Method", "found": False}]
    line["fields"] = [{"name": "result", "claims": claims}]
    path.write_text(json.dumps(line) + "\n")
    stored = SummaryStore(data).get("2410.00001")
    assert stored is not None
    claim = stored.fields[0].claims[0]
    assert claim.quotes == (Quote(text="no such words", section="2 Method", found=False),)
    assert (claim.quote, claim.section, claim.found) == ("no such words", "2 Method", False)


def test_a_line_without_the_marks_of_evidence_is_read_as_one_that_needed_it(data: DataFolder) -> None:
    SummaryStore(data).put(summary("2410.00001"))
    path = data.path("summaries", "2024-10.jsonl")
    line = json.loads(path.read_text())
    for name in ("abstract_roles", "oddities", "verification", "usage", "reading", "raw_tags"):
        del line[name]
    line["fields"] = [{"name": "result", "claims": [{"text": "It is fast."}]}]
    path.write_text(json.dumps(line) + "\n")
    stored = SummaryStore(data).get("2410.00001")
    assert stored is not None
    assert stored.fields[0].evidence is True
    assert (stored.abstract_roles, stored.oddities, stored.verification) == ((), (), Verification())


def test_roles_of_the_abstract_and_what_was_not_checked_are_kept(data: DataFolder) -> None:
    marked = summary("2410.00001").model_copy(
        update={
            "abstract_roles": (AbstractRole(start=0, end=12, role="problem"),),
            "verification": Verification(claims=3, weak=1, unchecked=2, quotes=4, found=3),
        }
    )
    SummaryStore(data).put(marked)
    assert SummaryStore(data).get("2410.00001") == marked
