"""A whole day on real processes: from the harvest to a page, and back by a rating; a paper again; bad input."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from nats.js import JetStreamContext

from shared.contracts import STREAM
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.selections import SelectionStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import System

pytestmark = pytest.mark.xdist_group("system")


@pytest.fixture(scope="module", autouse=True)
def _everything_is_read(system: System) -> None:
    eventually_sync(lambda: picks(system) and picks(system) <= summaries(system), 120, "all picks are summarised")


def data(system: System) -> DataFolder:
    return DataFolder(system.data, 0)


def picks(system: System) -> set[str]:
    store = SelectionStore(data(system))
    return {one.paper_id for day in store.days() for one in store.day(day) if one.outcome == "picked"}


def summaries(system: System) -> set[str]:
    return {summary.paper_id for summary in SummaryStore(data(system)).all()}


def publish(system: System, subject: str, message: str) -> None:
    async def work(js: JetStreamContext) -> None:
        await js.publish(subject, message.encode())

    system.with_jetstream(work)


def events(system: System, subject: str) -> list[dict[str, Any]]:
    """Every event of a subject that the stream holds."""

    async def work(js: JetStreamContext) -> list[dict[str, Any]]:
        state = (await js.stream_info(STREAM)).state
        messages = [await js.get_msg(STREAM, seq=number) for number in range(state.first_seq, state.last_seq + 1)]
        return [json.loads(message.data or b"") for message in messages if message.subject == subject]

    return system.with_jetstream(work)


def test_every_announced_paper_is_stored_and_embedded_once(system: System) -> None:
    papers = [paper.paper_id for paper in MetadataStore(data(system)).all()]
    assert len(papers) == len(set(papers)) >= 120
    wanted = {paper.paper_id for paper in MetadataStore(data(system)).all() if not paper.withdrawn}
    vectors = VectorStore(data(system), "minilm").all()
    assert len(vectors.ids) == len(set(vectors.ids))
    assert wanted <= set(vectors.ids)


def test_the_days_picks_are_on_the_page_with_summaries_tags_and_reasons(system: System) -> None:
    page = system.get("/").text
    metadata = MetadataStore(data(system)).get(picks(system))
    assert 5 <= len(metadata) <= 15
    shown = [paper for paper in metadata.values() if paper.paper_id in page]
    assert len(shown) == len(metadata)
    stored = SummaryStore(data(system)).get_many(metadata)
    assert all(summary.mode == "extractive" and summary.fields and summary.raw_tags for summary in stored.values())
    assert any(summary.tags for summary in stored.values())
    assert "Extracted from the paper" in page
    quotes = [claim for summary in stored.values() for field in summary.fields for claim in field.claims]
    assert quotes
    assert all(claim.found for claim in quotes)


def test_the_selection_is_dated_by_arxivs_announcement_and_not_by_the_clock(system: System) -> None:
    assert SelectionStore(data(system)).days()[0] == date(2026, 11, 6)


def test_a_like_over_http_is_an_event_a_stored_rating_and_a_refit(system: System) -> None:
    paper_id = sorted(picks(system))[0]
    model = system.data / "state" / "ranker" / "me" / "model.json"
    before = model.read_text() if model.exists() else ""
    answer = httpx.post(
        f"{system.reader}/api/rating",
        json={"paper_id": paper_id, "label": "like"},
        headers={"Origin": system.reader},
        timeout=20,
        trust_env=False,
    )
    assert answer.status_code == 200, answer.text
    labels = [event for event in events(system, "feedback.label") if paper_id in event["paper_ids"]]
    assert [event["label"] for event in labels] == ["like"]
    eventually_sync(lambda: RatingStore(data(system)).current().get(paper_id))
    eventually_sync(lambda: model.exists() and model.read_text() != before)


def test_a_rating_from_another_site_is_refused(system: System) -> None:
    body = {"paper_id": "2610.00001", "label": "like"}
    headers = {"Origin": "https://evil.example"}
    answer = httpx.post(f"{system.reader}/api/rating", json=body, headers=headers, timeout=60, trust_env=False)
    assert answer.status_code == 403


def test_papers_new_with_force_from_a_bare_client_does_the_summary_again_outside_the_quota(system: System) -> None:
    store = SummaryStore(data(system))
    paper_id = sorted(picks(system))[1]
    before = store.get(paper_id)
    count = len(picks(system))
    publish(system, "papers.new", json.dumps({"paper_ids": [paper_id], "force": True}))
    eventually_sync(
        lambda: (now := store.get(paper_id)) and before and now.made_by.event_id != before.made_by.event_id, 60
    )
    store_lines = [summary.paper_id for summary in store.all()]
    assert store_lines.count(paper_id) == 1
    assert len(picks(system)) == count


def test_reprocess_reads_a_paper_that_was_not_picked(system: System) -> None:
    unread = sorted(
        {paper.paper_id for paper in MetadataStore(data(system)).all() if not paper.withdrawn} - picks(system)
    )
    done = system.command("reprocess", unread[0])
    assert done.returncode == 0, done.stderr
    eventually_sync(lambda: SummaryStore(data(system)).get(unread[0]), 60)
    assert system.get(f"/paper/{unread[0]}").status_code == 200


@pytest.mark.parametrize(
    ("message", "says"),
    [("not json", "Not a valid event"), ('{"paper_ids": ["9912.99999"], "force": true}', "9912.99999")],
)
def test_bad_input_is_one_dead_letter_with_the_reason_and_all_else_goes_on(
    system: System, message: str, says: str
) -> None:
    before = {letter.number for letter in system.dead_letters()}
    publish(system, "papers.new", message)
    eventually_sync(lambda: [one for one in system.dead_letters() if one.number not in before], 60)
    fresh = [letter for letter in system.dead_letters() if letter.number not in before]
    assert len(fresh) == 1
    assert says in fresh[0].reason + str(fresh[0].paper_id)
    assert system.is_ready()
    assert system.command("dead", "drop", str(fresh[0].number)).returncode == 0


def test_a_paper_whose_source_is_garbage_is_one_dead_letter_that_can_be_retried(system: System, tmp_path: Path) -> None:
    demo = f"http://127.0.0.1:{system.ports['demo']}"
    unread = sorted(
        {paper.paper_id for paper in MetadataStore(data(system)).all() if not paper.withdrawn} - summaries(system)
    )
    garbage, fine = unread[-1], unread[-2]
    for place in ("e-print", "src", "pdf"):
        fault = {"kind": "garbage", "path": f"/{place}/{garbage}"}
        switched = httpx.post(f"{demo}/_demo/faults", json=fault, trust_env=False)
        assert switched.is_success, switched.text
    try:
        publish(system, "papers.new", json.dumps({"paper_ids": [garbage, fine], "force": True}))
        eventually_sync(lambda: [one for one in system.dead_letters() if one.paper_id == garbage], 90)
        eventually_sync(lambda: SummaryStore(data(system)).get(fine), 60)
    finally:
        httpx.delete(f"{demo}/_demo/faults", trust_env=False)
    [letter] = [one for one in system.dead_letters() if one.paper_id == garbage]
    assert letter.reason
    assert system.command("dead", "retry", str(letter.number)).returncode == 0
    eventually_sync(lambda: SummaryStore(data(system)).get(garbage), 60)
    assert [one for one in system.dead_letters() if one.paper_id == garbage] == []
