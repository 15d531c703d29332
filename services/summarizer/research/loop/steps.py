"""The steps of the loop. Each does its effects once, by the trace, and decides by what came of them."""

import asyncio
from collections.abc import Sequence
from functools import partial

from services.summarizer.research.answers.disagreements import are_of_different_papers, disagreements_in
from services.summarizer.research.answers.extracts import extract
from services.summarizer.research.answers.parts import question_parts
from services.summarizer.research.answers.relevance import asked_of
from services.summarizer.research.answers.sources_check import check
from services.summarizer.research.loop.ports import Papers, Passages
from services.summarizer.research.loop.question import Drafted, Evidence, Plan, Said
from services.summarizer.research.loop.remembered_vectors import RememberedVectors
from services.summarizer.research.loop.stages.drafting import draft, joined, mend
from services.summarizer.research.loop.stages.finding import by_id, find, find_in, merged
from services.summarizer.research.loop.stages.planning import plan_of
from services.summarizer.research.loop.stages.reading import Reader, within
from services.summarizer.research.loop.stages.reranking import by_model, by_sentences
from services.summarizer.research.loop.state import EarlierDraft, State, texts_of_papers
from services.summarizer.research.tracing.trace import Facts
from services.summarizer.vectors import Encoder

_MOST_READ = 14
_TOKENS_WITHOUT_MODEL = 12_000


class Steps:
    """The nodes of the graph over what is around it; without `passages` (in a replay) only traces are read."""

    def __init__(self, passages: Passages, papers: Papers, encoder: Encoder) -> None:
        self._passages = passages
        self._papers = papers
        self._encoder = RememberedVectors(encoder)

    async def plan(self, state: State) -> State:
        inquiry = state["inquiry"]

        async def work() -> Facts:
            plan = await plan_of(inquiry.question, inquiry.calls, inquiry.prompts)
            resolved = await self._passages.resolve(plan.corpus, inquiry.question.user)
            corpus = self._passages.facts(resolved)
            papers = None if corpus.paper_ids is None else len(corpus.paper_ids)
            away = {"missing": corpus.missing, "waiting": corpus.waiting}
            return {"plan": plan.model_dump(mode="json"), "papers": papers, **away}

        facts = await inquiry.trace.once("planned", "", work)
        plan = Plan.model_validate(facts["plan"])
        return {"plan": plan, "papers": facts["papers"], "queries": plan.queries, "round": 1, "chunks": ()}

    async def retrieve(self, state: State) -> State:
        inquiry, corpus = state["inquiry"], state["plan"].corpus
        search = partial(find_in, self._passages, corpus, inquiry.question.user)
        found = await find(state["queries"], search, inquiry.trace, str(state["round"]))
        return {"chunks": merged(state["chunks"], found)}

    async def rerank(self, state: State) -> State:
        inquiry, chunks, asked = state["inquiry"], state["chunks"], str(state["round"])

        async def work() -> Facts:
            reader = self._reader(inquiry.question.user)
            sentences = await reader.sentences(chunks)
            about = asked_of(_about(state["plan"]), [chunk.text for chunk in chunks])
            given = [each for of in sentences.values() for each in of]
            scored = await reader.scored(_wordings(state["plan"]), about, given)
            grouped = {chunk.chunk_id: [each for each in scored if each.chunk_id == chunk.chunk_id] for chunk in chunks}
            order = by_sentences(chunks, grouped)
            judged = None
            if inquiry.calls.configured and inquiry.prompts is not None:
                judged = await by_model(
                    state["plan"].question, order, by_id(chunks), grouped, inquiry.calls, inquiry.prompts, asked
                )
            by = "model" if judged is not None else "sentences"
            return {"order": judged if judged is not None else order, "by": by, "embedding_calls": 2}

        facts = await inquiry.trace.once("reranked", asked, work)
        return {"order": tuple(facts["order"]), "asked": asked_of(_about(state["plan"]), [c.text for c in chunks])}

    async def read(self, state: State) -> State:
        inquiry, chunks = state["inquiry"], by_id(state["chunks"])

        async def work() -> Facts:
            reader = self._reader(inquiry.question.user)
            first = [chunks[chunk_id] for chunk_id in state["order"][:_MOST_READ] if chunk_id in chunks]
            read = await reader.with_neighbours(first)
            sentences = await reader.sentences(read)
            room = inquiry.limits.evidence_tokens if inquiry.calls.configured else _TOKENS_WITHOUT_MODEL
            given = [each for chunk in read for each in sentences[chunk.chunk_id]]
            scored = within(await reader.scored(_wordings(state["plan"]), state["asked"], given), room)
            about = await asyncio.to_thread(self._about, scored)
            spoken = await asyncio.to_thread(reader.spoken_of, state["asked"], first)
            evidence = [each.model_dump(mode="json") for each in scored]
            return {"evidence": evidence, "about": about, "spoken": spoken, "embedding_calls": 2}

        facts = await inquiry.trace.once("read", str(state["round"]), work)
        evidence = tuple(Evidence.model_validate(each) for each in facts["evidence"])
        return {"evidence": evidence, "about": facts["about"], "spoken": facts.get("spoken", {})}

    async def draft(self, state: State) -> State:
        """The model's answer; without a model, or where it does not help, the papers' own sentences."""
        inquiry, prompts = state["inquiry"], state["inquiry"].prompts
        if not state["evidence"] or not inquiry.calls.configured:
            return {"draft": None}

        async def work() -> Facts:
            if prompts is None:
                return {"draft": None, "reply": None}
            question = state["plan"].question
            return await draft(question, state["evidence"], inquiry.calls, prompts, str(state["round"]))

        facts = await inquiry.trace.once("drafted", str(state["round"]), work)
        given = Drafted.model_validate(facts["draft"]) if facts["draft"] else None
        if given is None and "earlier" in state:  # with the evidence whose numbers it names
            earlier = state["earlier"]
            return {"draft": earlier.draft, "evidence": earlier.evidence, "reply": earlier.reply}
        models = (facts["model"],) if facts.get("model") else ()
        return {"draft": given, "reply": facts.get("reply") or "", "models": models}

    async def look_further(self, state: State) -> State:
        """The next round looks for what the draft misses."""
        draft = state["draft"]
        if draft is None:
            return {"round": state["round"] + 1, "queries": ()}
        earlier = EarlierDraft(draft, state["evidence"], state["reply"])
        return {"round": state["round"] + 1, "queries": draft.missing, "earlier": earlier}

    async def check(self, state: State) -> State:
        draft = state["draft"]
        if draft is None:
            return self._extracted(state)
        checked = await self._checked(state, draft.sentences, "sentences")
        told = [said for said in draft.disagreements if are_of_different_papers(said, state["evidence"])]
        disagreements = await self._checked(state, told, "disagreements") if told else ()
        return {"checked": checked, "disagreements": tuple(said for said in disagreements if not said.why)}

    async def mend(self, state: State) -> State:
        inquiry, prompts = state["inquiry"], state["inquiry"].prompts
        failing = [said for said in state["checked"] if said.why]

        async def work() -> Facts:
            if prompts is None:
                return {"sentences": []}
            question = state["plan"].question
            return await mend(question, state["evidence"], state["reply"], failing, inquiry.calls, prompts)

        facts = await inquiry.trace.once("mended", "", work)
        mended = [Said.model_validate(said) for said in facts["sentences"]]
        again = await self._checked(state, mended, "mended") if mended else ()
        kept = [said for said in state["checked"] if not said.why]
        stand = joined(kept, [said for said in again if not said.why])
        still = [said for said in again if said.why] if mended else failing
        return {"checked": (*stand, *still), "is_mended": True}

    def _extracted(self, state: State) -> State:
        evidence = state["evidence"]
        checked = extract(state["asked"], evidence, texts_of_papers(state), state["spoken"])
        return {"checked": checked, "disagreements": disagreements_in(evidence) if checked else ()}

    async def _checked(self, state: State, sentences: Sequence[Said], what: str) -> tuple[Said, ...]:
        async def work() -> Facts:
            checked = await check(sentences, state["evidence"], self._encoder)
            return {"of": what, "sentences": [said.model_dump(mode="json") for said in checked], "embedding_calls": 1}

        facts = await state["inquiry"].trace.once("checked", f"{state['round']} {what}", work)
        return tuple(Said.model_validate(said) for said in facts["sentences"])

    def _about(self, evidence: Sequence[Evidence]) -> dict[str, str]:
        """By paper, its title and authors: names that a question may name it by."""
        papers = dict.fromkeys(each.paper_id for each in evidence)
        titles = {each.paper_id: each.paper_title for each in evidence}
        return {paper_id: f"{titles[paper_id]} {self._papers.authors(paper_id)}" for paper_id in papers}

    def _reader(self, user: str) -> Reader:
        return Reader(self._passages, self._papers, self._encoder, user)


def _wordings(plan: Plan) -> list[str]:
    return list(dict.fromkeys([plan.question, _about(plan), *question_parts(_about(plan))]))


def _about(plan: Plan) -> str:
    """What an answer has to speak of; a follow-up without words of its own is about what was asked before."""
    return plan.about if asked_of(plan.about).weights else plan.question
