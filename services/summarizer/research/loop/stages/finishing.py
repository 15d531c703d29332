"""The end of the loop: what stands becomes the result, what does not is struck, and what is missing is said."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from services.summarizer.research.answers.answered import why_not_answered
from services.summarizer.research.answers.confidence import confidence_of
from services.summarizer.research.answers.discoveries import discoveries_in, harvested
from services.summarizer.research.answers.extracts import extract, unanswered_parts
from services.summarizer.research.answers.results import (
    Citations,
    declined_answer,
    disagreements_of,
    extracted_answer,
    sentences_of,
    written_answer,
)
from services.summarizer.research.answers.topic import on_topic
from services.summarizer.research.loop.ports import Papers, Passages
from services.summarizer.research.loop.question import Said
from services.summarizer.research.loop.stages.finding import by_id
from services.summarizer.research.loop.state import State, texts_of_papers
from services.summarizer.research.tracing.trace import Facts, Trace
from services.summarizer.text.passages import one_line
from shared.contracts import (
    Confidence,
    Corpus,
    Discovery,
    Gap,
    Recommendation,
    ResearchCost,
    ResearchResult,
    now,
)
from shared.errors import RequestFailed, TemporaryFailure

_WIDER = "Ask the abstracts of everything that was harvested: the corpus `all`."
_MOST_RECOMMENDED, _MOST_NAMED, _SHORT, _MOST_SOUGHT = 3, 5, 200, 5


async def result_of(state: State, passages: Passages, papers: Papers, currency: str) -> ResearchResult:
    """The result of a question whose sentences were checked."""
    inquiry, trace = state["inquiry"], state["inquiry"].trace
    kept, struck, by_model = _standing(state)
    evidence = state["evidence"]
    why = why_not_answered(state["asked"], kept, evidence, texts_of_papers(state), state["spoken"], by_model=by_model)
    if struck:
        facts = {"sentences": [said.model_dump(mode="json") for said in struck]}
        await trace.once("struck", "", lambda: asyncio.sleep(0, facts))
    found = await trace.once("discovered", "", lambda: _discovered(state, [] if why else kept, passages, papers))
    discoveries = tuple(Discovery.model_validate(each) for each in found["discoveries"])
    citations = Citations(evidence)
    sentences = () if why else sentences_of(kept, citations, extracted=not by_model)
    disagreements = () if why else disagreements_of(state["disagreements"] if by_model or kept else (), citations)
    left = () if why or by_model else unanswered_parts(state["asked"], kept, evidence, state["spoken"])
    gaps, not_ready = _gaps(state, why, left, struck if by_model and not why else ()), _not_ready(state)
    is_partial = bool(gaps or (not_ready and state["plan"].corpus.paper_ids))
    finished = await trace.once("finished", "", lambda: asyncio.sleep(0, {"finished_at": now().isoformat()}))
    finished_at = datetime.fromisoformat(finished["finished_at"])
    numbered = {citation.number: citation for citation in citations.all()}
    answer = written_answer(sentences) if by_model else extracted_answer(sentences, numbered)
    return ResearchResult(
        trace_id=trace.trace_id,
        question=inquiry.question.question,
        outcome="declined" if not sentences else "partial" if is_partial else "answered",
        mode="llm" if by_model else "extractive",
        answer=answer if sentences else declined_answer(state["papers"]),
        sentences=sentences,
        citations=citations.all(),
        gaps=(*gaps, *not_ready),
        disagreements=disagreements,
        discoveries=discoveries,
        recommendations=_recommendations(discoveries, state["plan"].corpus, is_answered=bool(sentences)),
        confidence=confidence_of(kept, len(struck), evidence, len(disagreements)) if sentences else Confidence(value=0),
        cost=cost_of(trace, inquiry.question.asked_at, finished_at, currency),
        corpus=state["plan"].corpus,
        sources=tuple(dict.fromkeys(each.paper_id for each in evidence)),
        models=tuple(dict.fromkeys(str(call.get("model")) for call in trace.all("called"))),
        prompt_hashes=tuple(dict.fromkeys(str(call.get("prompt_hash")) for call in trace.all("called"))),
        user=inquiry.question.user,
        conversation=inquiry.question.conversation,
        asked_at=inquiry.question.asked_at,
        finished_at=finished_at,
    )


def _standing(state: State) -> tuple[list[Said], list[Said], bool]:
    """What stands, what is struck, and whether a model wrote it; where nothing of that stands, extracts do."""
    checked = state["checked"]
    kept, struck = [said for said in checked if not said.why], [said for said in checked if said.why]
    draft = state["draft"]
    if draft is None or not draft.answered:
        return kept, struck, draft is not None
    kept, beside = on_topic(state["asked"], kept, state["evidence"], state["spoken"], looked_further=state["round"] > 1)
    struck += beside
    if kept:
        return kept, struck, True
    return list(extract(state["asked"], state["evidence"], texts_of_papers(state), state["spoken"])), struck, False


async def _discovered(state: State, kept: Sequence[Said], passages: Passages, papers: Papers) -> Facts:
    """What the passages of the answer cite and the person does not keep."""
    cited = [each for each in state["evidence"] if any(each.number in said.sources for said in kept)]
    if not cited:
        return {"discoveries": []}
    user = state["inquiry"].question.user
    mine = passages.facts(await passages.resolve(Corpus(), user)).paper_ids or frozenset()
    versions = {each.paper_id: each.version for each in cited}
    references = {
        paper_id: await asyncio.to_thread(papers.references, paper_id, version)
        for paper_id, version in versions.items()
    }
    here = {*mine, *versions}
    found = discoveries_in(state["plan"].question, cited, by_id(state["chunks"]), references, here)
    resolved = [each if each.paper_id else await sought(each, passages, papers, user) for each in found]
    new = [each for each in resolved if each.paper_id is None or each.paper_id not in here]
    return {"discoveries": [each.model_dump(mode="json") for each in new]}


async def sought(discovery: Discovery, passages: Passages, papers: Papers, user: str) -> Discovery:
    """A reference without an id, looked for by its words among everything that was harvested."""
    try:
        everything = await passages.resolve(Corpus(kind="all"), user)
        hits = await passages.find(discovery.title, everything, _MOST_SOUGHT)
    except (TemporaryFailure, RequestFailed):
        return discovery
    titles = await asyncio.to_thread(papers.titles, [hit.chunk.paper_id for hit in hits], user)
    return harvested(discovery, titles)


def _gaps(state: State, why: str, unanswered: Sequence[str], struck: Sequence[Said]) -> tuple[Gap, ...]:
    draft, trace = state["draft"], state["inquiry"].trace
    gaps = [Gap(kind="declined", text=f"Not answered: {why}.")] if why else []
    if draft is not None and not why:
        gaps += [Gap(kind="not_found", text=f"Not found in these papers: {query}") for query in draft.missing]
    gaps += [Gap(kind="not_found", text=f"Not found in these papers: {part}") for part in unanswered]
    missing = (trace.find("planned", "") or {}).get("missing", ())
    gaps += [Gap(kind="unreachable", text=f"Not among your papers: {_some(missing)}.")] if missing else []
    gaps += [Gap(kind="struck", text=f"A sentence was left out: {said.why}.") for said in struck]
    gaps += [Gap(kind=facts["kind"], text=one_line(str(facts["text"]))) for facts in trace.all("stuck")]
    return tuple(dict.fromkeys(gaps))


def _not_ready(state: State) -> tuple[Gap, ...]:
    """Papers that could not be asked yet: an answer from the others is whole, unless they were asked for by name."""
    waiting = (state["inquiry"].trace.find("planned", "") or {}).get("waiting", ())
    text = f"Not ready to be asked, your reading list says why: {_some(waiting)}."
    return (Gap(kind="unreachable", text=text),) if waiting else ()


def _some(paper_ids: Sequence[str]) -> str:
    more = f" and {len(paper_ids) - _MOST_NAMED} more" if len(paper_ids) > _MOST_NAMED else ""
    return f"{', '.join(paper_ids[:_MOST_NAMED])}{more}"


def _recommendations(
    discoveries: Sequence[Discovery], corpus: Corpus, *, is_answered: bool
) -> tuple[Recommendation, ...]:
    to_add = [
        Recommendation(text=f"Add {each.paper_id} to your reading list: {each.title[:_SHORT]}", paper_id=each.paper_id)
        for each in discoveries
        if each.paper_id
    ]
    wider = [] if is_answered or corpus.kind == "all" else [Recommendation(text=_WIDER)]
    return (*wider, *to_add[:_MOST_RECOMMENDED])


def cost_of(trace: Trace, asked_at: datetime, finished_at: datetime, currency: str) -> ResearchCost:
    """What the trace says was paid; the money is unknown where one price is."""
    calls = trace.all("called")
    prices = [call.get("money") for call in calls]
    money = None if None in prices else sum(float(price) for price in prices if price is not None)
    steps = (step for name in ("retrieved", "reranked", "read", "checked") for step in trace.all(name))
    return ResearchCost(
        llm_calls=len(calls),
        input_tokens=sum(int(call.get("input_tokens") or 0) for call in calls),
        output_tokens=sum(int(call.get("output_tokens") or 0) for call in calls),
        embedding_calls=sum(int(step.get("embedding_calls") or 0) for step in steps),
        seconds=round(max(0.0, (finished_at - asked_at).total_seconds()), 2),
        money=money,
        currency=currency,
    )
