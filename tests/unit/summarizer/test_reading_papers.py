"""Papers that were picked become summaries, tags and links: the whole graph without a model."""

import os
from pathlib import Path
from typing import Any

import pytest

from services.summarizer.evidence.quotes import words_of
from services.summarizer.fields import DEFAULT_FIELDS
from shared.contracts import (
    Document,
    DocumentReply,
    EmbeddingsReady,
    Encode,
    Lookup,
    LookupReply,
    PapersSelected,
    Related,
    RelatedReply,
    SummariesReady,
)
from shared.errors import PapersFailed, PermanentFailure, RequestFailed, TemporaryFailure
from shared.store.papers.documents import Section
from tests.support.papers.summarizer import ABSTRACT, OTHER_ID, PAPER_ID, paper, room, vector_of

OTHER = paper(OTHER_ID, "External sorting with few disks", "We study external sorting on few disks. It is slow.")


def selected(*paper_ids: str, force: bool = False, event_id: str = "pick-1") -> PapersSelected:
    return PapersSelected(paper_ids=paper_ids or (PAPER_ID,), force=force, event_id=event_id, run_id="run-1")


async def test_a_picked_paper_gets_a_summary_of_its_own_sentences_and_says_what_made_it(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(selected())
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    assert summary.mode == "extractive"
    fields = {field.name: field for field in summary.fields}
    assert list(fields) == [field.name for field in DEFAULT_FIELDS]
    assert fields["further_thoughts"].claims == fields["institutions"].claims == ()
    assert "merge trees" in fields["method"].text
    assert fields["limitations"].claims[0].section == "Limitations"
    assert all(claim.found and claim.text == claim.quote for field in fields.values() for claim in field.claims)
    assert (summary.made_by.model, summary.made_by.run_id, summary.made_by.event_id) == (
        "extractive",
        "run-1",
        "pick-1",
    )
    assert (summary.made_by.document_route, summary.made_by.document_version) == ("latex", 1)
    (ready,) = here.bus.published
    assert ready == SummariesReady.after(selected(), paper_ids=(PAPER_ID,)).model_copy(
        update={"occurred_at": ready.occurred_at}
    )


async def test_a_paper_seen_twice_is_read_once_and_announced_again_with_the_same_id(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(selected())
        first = here.summaries.get(PAPER_ID)
        await here.bus.deliver(selected())
        assert here.summaries.get(PAPER_ID) == first
    assert len({event.event_id for event in here.bus.published}) == 1
    assert len(here.bus.published) == 2


async def test_force_reads_again_once_an_event(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(selected())
        await here.bus.deliver(selected(force=True, event_id="again"))
        second = here.summaries.get(PAPER_ID)
        await here.bus.deliver(selected(force=True, event_id="again"))
        assert here.summaries.get(PAPER_ID) == second
    assert second is not None
    assert second.made_by.event_id == "again"
    assert [request.force for request in here.bus.asked if isinstance(request, Document)] == [False, True]


async def test_a_new_version_is_read_again(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(selected())
        here.hold(paper(version=2, abstract=f"{ABSTRACT} Now also on tapes."))
        await here.bus.deliver(selected(event_id="pick-2"))
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    assert summary.version == 2


@pytest.mark.parametrize("status", ["withdrawn", "encrypted", "html_only", "too_large", "hostile", "missing"])
async def test_where_there_is_no_text_the_abstract_is_read_and_the_page_says_so(tmp_path: Path, status: str) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        reply = {"paper_id": PAPER_ID, "version": 1, "status": status, "detail": "some reason"}
        here.bus.answers[Document] = DocumentReply.model_validate(reply)
        await here.bus.deliver(selected())
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    assert summary.made_by.document_route == "abstract"
    assert "abstract alone" in summary.notes[0]
    assert "some reason" in summary.notes[0]
    assert {claim.section for field in summary.fields for claim in field.claims} == {"Abstract"}


async def test_a_source_that_is_garbage_is_one_permanent_failure_and_the_others_are_read(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper(), OTHER)
        real = here.bus.answers[Document]

        def answer(request: Document) -> DocumentReply:
            if request.paper_id == PAPER_ID:
                return DocumentReply(paper_id=PAPER_ID, version=1, status="unreadable", detail="not TeX at all")
            return DocumentReply.model_validate(real(request).model_dump())

        here.bus.answers[Document] = answer
        with pytest.raises(PapersFailed) as failed:
            await here.bus.deliver(selected(PAPER_ID, OTHER_ID))
        with pytest.raises(PermanentFailure, match="not TeX at all"):
            await here.bus.deliver(selected(PAPER_ID))
        assert here.summaries.get(OTHER_ID) is not None
        assert here.summaries.get(PAPER_ID) is None
    assert isinstance(failed.value.failures[PAPER_ID], PermanentFailure)
    assert [event.paper_ids for event in here.bus.published if isinstance(event, SummariesReady)] == [(OTHER_ID,)]


@pytest.mark.parametrize(("retryable", "kind"), [(True, TemporaryFailure), (False, PermanentFailure)])
async def test_a_fetcher_that_fails_is_tried_again_if_that_can_help(
    tmp_path: Path, retryable: bool, kind: type[Exception]
) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        here.bus.answers[Document] = RequestFailed("arXiv answers 503", code="x", retryable=retryable)
        with pytest.raises(kind, match="503"):
            await here.bus.deliver(selected())


async def test_a_paper_never_harvested_is_looked_up_and_an_unknown_one_fails_for_good(tmp_path: Path) -> None:
    async with room(tmp_path) as here:

        def look_up(request: Lookup) -> LookupReply:
            if request.paper_ids == (PAPER_ID,):
                here.hold(paper())
                return LookupReply(found=(PAPER_ID,))
            return LookupReply(missing={request.paper_ids[0]: "arXiv does not know it"})

        here.bus.answers[Lookup] = look_up
        await here.bus.deliver(selected())
        assert here.summaries.get(PAPER_ID) is not None
        with pytest.raises(PermanentFailure, match="arXiv does not know it"):
            await here.bus.deliver(selected("2610.09999"))


async def test_links_say_what_is_cited_and_what_is_similar_and_why(tmp_path: Path) -> None:
    near = paper("2610.00003", "Merge trees for sorting on tapes", ABSTRACT)
    async with room(tmp_path) as here:
        here.hold(paper(), OTHER, near)
        await here.bus.deliver(selected("2610.00003"))
        await here.bus.deliver(selected(PAPER_ID, event_id="pick-2"))
        here.bus.answers[Lookup] = LookupReply(missing={"1901.00001": "arXiv does not know it"})
        await here.lookups.look_up_all()
        links = {(link.other_id, link.type): link for link in here.links.of(PAPER_ID) if link.paper_id == PAPER_ID}
        related: RelatedReply = await here.bus.responders[Related](Related(paper_id="2610.00003"))
    assert "External sorting with few disks" in links[OTHER_ID, "cites"].evidence
    by_problem = links["2610.00003", "similar_problem"]
    assert by_problem.score > 0.5
    assert by_problem.quote
    assert by_problem.quote == by_problem.other_quote
    assert "1901.00001" not in {other for other, _ in links}
    assert [(one.paper_id, one.type) for one in related.papers] == [(PAPER_ID, "similar_problem")]


async def test_a_paper_without_a_vector_is_read_and_enters_the_index_when_it_has_one(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.metadata.put([paper()])
        await here.bus.deliver(selected())
        assert here.summaries.get(PAPER_ID) is not None
        assert await here.index.paper_ids() == set()
        here.embed(paper(), OTHER)
        await here.bus.deliver(EmbeddingsReady(paper_ids=(PAPER_ID, OTHER_ID), model="minilm"))
        assert await here.index.paper_ids() == {PAPER_ID}


async def test_vectors_of_another_model_change_nothing(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.metadata.put([paper()])
        await here.bus.deliver(selected())
        here.embed(paper())
        await here.bus.deliver(EmbeddingsReady(paper_ids=(PAPER_ID,), model="other"))
        assert await here.index.paper_ids() == set()


async def test_without_the_embedder_a_paper_is_read_all_the_same(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        del here.bus.answers[Encode]
        await here.bus.deliver(selected())
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    assert "merge trees" in summary.raw_tags
    assert any(field.claims for field in summary.fields)


async def test_the_abstract_is_marked_as_the_fields_have_its_sentences(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(selected())
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    marked = {ABSTRACT[part.start : part.end]: part.role for part in summary.abstract_roles}
    shown = {field.claims[0].text: field.name for field in summary.fields if field.claims}
    assert marked
    assert {text: shown.get(text, role) for text, role in marked.items()} == marked
    assert set(marked.values()) >= {"problem", "method", "result"}


async def test_a_bad_conversion_is_told(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        record = here.documents.record(PAPER_ID)
        assert record is not None
        here.documents.put(record.model_copy(update={"grade": "bad"}), "", [Section(title="X", level=1, text="Y.")])
        await here.bus.deliver(selected())
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    assert "only in part" in summary.notes[0]


async def test_nothing_of_the_papers_goes_to_a_tracing_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import langsmith

    called: list[str] = []
    environment: Any = langsmith.utils.get_env_var
    for name in ("create_run", "update_run"):
        monkeypatch.setattr(langsmith.Client, name, lambda *args, **kwargs: called.append("run"))
    monkeypatch.setitem(os.environ, "LANGSMITH_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(os.environ, "LANGSMITH_TRACING", "true")
    monkeypatch.setitem(os.environ, "LANGSMITH_API_KEY", "test")
    environment.cache_clear()
    async with room(tmp_path) as here:
        here.hold(paper())
        await here.bus.deliver(selected())
    environment.cache_clear()
    assert called == []


async def test_html_in_a_paper_never_reaches_its_summary(tmp_path: Path) -> None:
    bad = "We propose <script>alert(1)</script> a tree that sorts files <img src=x onerror=alert(1)> on cheap disks."
    async with room(tmp_path) as here:
        here.hold(paper(abstract=f"{bad} {ABSTRACT}"), sections=[Section(title="<b>Method</b>", level=1, text=bad)])
        await here.bus.deliver(selected())
        summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    said = summary.model_dump_json()
    assert "<script" not in said
    assert "<img" not in said


def test_the_vectors_of_these_tests_are_near_where_words_are_shared() -> None:
    assert vector_of("merge trees") @ vector_of("a merge tree") > 0.9
    assert words_of("Merge-trees") == ["mergetrees"]
