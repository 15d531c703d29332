"""Summaries made again beside those that stand: by a real HTTP server that behaves, fails and costs."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.replay.bookkeeping import spent_by
from services.summarizer.replay.stage import SummarizeReplay
from services.summarizer.settings import Settings
from shared.contracts import now
from shared.errors import PapersysError
from shared.settings.settings import DataSettings, LlmSettings
from shared.store.files.data_folder import DataFolder
from shared.store.keeping.replays import Replay, ReplayRecord, ReplayRequest, ReplayStore
from shared.store.papers.documents import DocumentRecord, DocumentStore
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import Claim, FieldValue, MadeBy, Quote, Summary, SummaryStore, Verification
from tests.support.llm.server import Body, LlmServer, Scripted, llm_server
from tests.support.papers.summarizer import OTHER_ID, PAPER_ID, SECTIONS, WHEN, paper

GOOD_QUOTE = "We use a tree of tournament nodes, each holding the head of one run."
_TOKENS = {"price_per_million_input": 1.0, "price_per_million_output": 10.0}


def good(body: Body, number: int) -> Scripted:
    fields = {"method": [{"quotes": [GOOD_QUOTE], "statement": "A tournament tree merges the runs."}]}
    return Scripted(json.dumps({"fields": fields, "tags": ["external sorting"]}))


def away(body: Body, number: int) -> Scripted:
    return Scripted(status=401, error="no such key")


def good_then_away(body: Body, number: int) -> Scripted:
    return good(body, number) if number == 0 else away(body, number)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """Two papers with a document and a summary that no model wrote."""
    data = DataFolder(tmp_path, 0)
    MetadataStore(data).put([paper(), paper(OTHER_ID)])
    for paper_id in (PAPER_ID, OTHER_ID):
        record = DocumentRecord(paper_id=paper_id, version=1, status="converted", route="latex", made_at=WHEN)
        DocumentStore(data).put(record, "", SECTIONS)
        SummaryStore(data).put(_extracted(paper_id))
    return data


def _extracted(paper_id: str) -> Summary:
    made_by = MadeBy(event_id="pick-1", model="extractive", document_version=1, document_route="latex")
    fields = (FieldValue(name="problem", claims=(Claim(text="Disks are slow.", quotes=(Quote(text="slow"),)),)),)
    return Summary(
        paper_id=paper_id,
        version=1,
        mode="extractive",
        reading="extractive",
        fields=(*fields, FieldValue(name="method")),
        tags=("External sorting",),
        raw_tags=("external sorting",),
        verification=Verification(claims=1, quotes=1, found=1),
        made_at=WHEN,
        made_by=made_by,
    )


def stage(data: DataFolder, server: LlmServer | None = None, **llm: Any) -> SummarizeReplay:
    values = {"base_url": server.url, "model": "small-model", **_TOKENS, **llm} if server else {}
    return SummarizeReplay(
        Settings(data=DataSettings(path=data.root, min_free_mb=0), llm=LlmSettings.model_validate(values))
    )


def begun(data: DataFolder, **request: Any) -> Replay:
    store = ReplayStore(data)
    known = store.find("try")
    wanted = ReplayRequest.model_validate({"stage": "summarize", **request})
    begun_at = known.record.begun_at if known else now()
    return store.put(ReplayRecord(name="try", request=wanted, begun_at=begun_at))


def nothing(done: int, total: int) -> None:
    pass


def modes(data: DataFolder) -> list[str]:
    return [summary.mode for summary in SummaryStore(data).all()]


def lines_of(data: DataFolder) -> dict[str, Summary]:
    return {summary.paper_id: summary for summary in SummaryStore(data).all()}


def test_summaries_are_made_beside_those_that_stand_and_swapped_in_and_out(data: DataFolder) -> None:
    stood = lines_of(data)
    with llm_server(good) as server:
        replaying, replay = stage(data, server), begun(data)
        assert replaying.forecast(replay).figures["papers"] == 2
        replaying.run(replay, nothing)
        assert lines_of(data) == stood
        assert modes(replay.own) == ["llm", "llm"]
        figures: Any = replaying.report(replay).figures
        assert (figures["papers"], figures["left"], figures["failed"]) == (2, 0, {})
        assert figures["after"]["found"] == figures["after"]["quotes"] == 2
        assert figures["after"]["cost"] == pytest.approx(2 * (1000 * 1 + 200 * 10) / 1e6)
        assert (figures["fields"]["method"], figures["fields"]["problem"]) == ({"filled": 2}, {"emptied": 2})
        replaying.make_ready(replay, nothing)
        for _ in range(2):  # twice is once
            replaying.swap_in(replay)
        assert modes(data) == ["llm", "llm"]
        assert lines_of(data)[PAPER_ID].tags == stood[PAPER_ID].tags
        assert replaying.report(replay).figures["before"] == figures["before"]
        for _ in range(2):
            replaying.swap_out(replay)
        assert lines_of(data) == stood


def test_what_was_read_is_not_read_again_and_nothing_is_paid_for_twice(data: DataFolder) -> None:
    with llm_server(good_then_away) as server, pytest.raises(PapersysError, match=r"Papers left: 1"):
        stage(data, server).run(begun(data), nothing)
    assert len(SummaryStore(begun(data).own).ids()) == 1
    with llm_server(good) as server:
        stage(data, server).run(begun(data), nothing)
        stage(data, server).run(begun(data), nothing)
        assert len(server.asked) == 1
    replay = begun(data)
    assert spent_by(data, f"replay-try-{replay.record.begun_at:%Y%m%d%H%M%S}") == pytest.approx(0.006)


def test_it_stops_before_it_costs_more_than_it_may(data: DataFolder) -> None:
    with llm_server(good) as server:
        with pytest.raises(PapersysError, match=r"0.0030 of 0.004 are spent \(--most-cost\), papers done: 1"):
            stage(data, server).run(begun(data, most_cost=0.004), nothing)
        assert len(server.asked) == 1
        unpriced = stage(data, server, price_per_million_output=None)
        with pytest.raises(PapersysError, match="without prices"):
            unpriced.forecast(begun(data, most_cost=0.004))


def test_a_paper_whose_text_is_gone_or_whose_reply_is_nonsense_stops_no_other(data: DataFolder) -> None:
    def nonsense_about_one(body: Body, number: int) -> Scripted:
        return Scripted("no JSON at all") if number < 3 else good(body, number)

    with llm_server(nonsense_about_one) as server:
        replay, replaying = begun(data), stage(data, server)
        replaying.run(replay, nothing)
        figures: Any = replaying.report(replay).figures
        assert (figures["papers"], len(figures["failed"]), figures["left"]) == (1, 1, 0)
        assert "reply could not be used" in next(iter(figures["failed"].values()))


def test_a_paper_summarised_anew_in_the_meantime_keeps_what_it_has(data: DataFolder) -> None:
    with llm_server(good) as server:
        replaying, replay = stage(data, server), begun(data)
        replaying.run(replay, nothing)
        newer = lines_of(data)[PAPER_ID].model_copy(update={"made_at": now(), "notes": ("newer",)})
        SummaryStore(data).put(newer)
        replaying.swap_in(replay)
        assert lines_of(data)[PAPER_ID] == newer
        assert lines_of(data)[OTHER_ID].mode == "llm"


def test_summaries_of_a_clock_that_was_ahead_are_replaced_as_others_are(data: DataFolder) -> None:
    ahead = [one.model_copy(update={"made_at": now() + timedelta(days=900)}) for one in SummaryStore(data).all()]
    SummaryStore(data).put_many(ahead)
    with llm_server(good) as server:
        replaying, replay = stage(data, server), begun(data)
        replaying.run(replay, nothing)
        replaying.swap_in(replay)
        assert modes(data) == ["llm", "llm"]
        replaying.swap_out(replay)
        assert list(SummaryStore(data).all()) == ahead


def test_what_cannot_be_done_is_refused_and_two_kinds_are_never_mixed(data: DataFolder, tmp_path: Path) -> None:
    with llm_server(good) as server:
        replaying = stage(data, server)
        for request, words in (
            ({"model": "large"}, r"no language model 'large' in \[llm\]; there are: default"),
            ({"changes": {"feilds": []}}, "no setting 'feilds'"),
            ({"changes": {"claims_per_field": 99}}, "summarizer.claims_per_field"),
            ({"prompts": str(tmp_path / "none")}, "no folder"),
        ):
            with pytest.raises(PapersysError, match=words):
                replaying.forecast(begun(data, **request))
        replaying.run(begun(data, first_day="2030-01-01"), nothing)
        with pytest.raises(PapersysError, match="have changed since try began"):
            stage(data, server, model="other-model").forecast(begun(data))
