"""What a model is told about a question; papers' text, and what was said before, are data of strangers, and fenced."""

import json
from collections.abc import Sequence
from itertools import groupby
from types import MappingProxyType

from pydantic import BaseModel

from services.summarizer.agent.prompt_files import Placeholders, Prompts
from services.summarizer.agent.prompts import shortened_problem
from services.summarizer.llm.messages import ChatMessage, fence_mark
from services.summarizer.llm.structured import strict_schema
from services.summarizer.research.answers.forms import (
    MOST_QUERIES,
    MOST_SENTENCES,
    AnswerReply,
    PlanReply,
    RankReply,
)
from services.summarizer.research.loop.question import Evidence, Turn
from services.summarizer.text.passages import one_line

_FORM = frozenset({"mark", "form"})
PLACEHOLDERS = MappingProxyType(
    {
        "ask_plan": Placeholders(frozenset({"mark"}), _FORM | {"queries"}),
        "ask_rank": Placeholders(frozenset({"mark"}), _FORM),
        "ask_answer": Placeholders(frozenset({"mark"}), _FORM | {"sentences"}),
        "ask_mend": Placeholders(frozenset({"problems"}), frozenset({"problems"})),
    }
)
"""The prompt files of questions, and what they hold."""
_MOST_PROBLEMS = 8
_LONGEST_ANSWER_BEFORE = 600


def plan_prompt(prompts: Prompts, question: str, history: Sequence[Turn]) -> list[ChatMessage]:
    """The conversation that asks for a plan; what was said before is data, as it holds words of papers."""
    before = "\n\n".join(
        f"Asked: {one_line(turn.question)}\nAnswered: {one_line(turn.answer)[:_LONGEST_ANSWER_BEFORE]}"
        for turn in history
    )
    return _conversation(prompts, "ask_plan", before or "(nothing)", question, PlanReply, queries=MOST_QUERIES)


def rank_prompt(prompts: Prompts, question: str, excerpts: Sequence[str]) -> list[ChatMessage]:
    """The conversation that asks which of the excerpts, numbered from 1, help."""
    text = "\n\n".join(f"({number}) {one_line(excerpt)}" for number, excerpt in enumerate(excerpts, start=1))
    return _conversation(prompts, "ask_rank", text, question, RankReply)


def answer_prompt(prompts: Prompts, question: str, evidence: Sequence[Evidence]) -> list[ChatMessage]:
    """The conversation that asks for an answer from numbered sentences."""
    return _conversation(
        prompts, "ask_answer", shown_evidence(evidence), question, AnswerReply, sentences=MOST_SENTENCES
    )


def mend_prompt(
    prompts: Prompts, conversation: Sequence[ChatMessage], reply: str, problems: Sequence[str]
) -> list[ChatMessage]:
    """The conversation that asks for some sentences again."""
    told = prompts.render("ask_mend", problems=[shortened_problem(problem) for problem in problems[:_MOST_PROBLEMS]])
    return [*conversation, {"role": "assistant", "content": reply}, {"role": "user", "content": told}]


def shown_evidence(evidence: Sequence[Evidence]) -> str:
    """Numbered sentences under the titles of their papers and sections."""
    blocks = []
    for (title, titles), group in groupby(evidence, key=lambda each: (each.paper_title, each.titles)):
        sentences = " ".join(f"({each.number}) {each.text}" for each in group)
        blocks.append(f"[{one_line(title)} | {one_line(' > '.join(titles))}]\n{sentences}")
    return "\n\n".join(blocks)


def _conversation(
    prompts: Prompts, name: str, data: str, question: str, kind: type[BaseModel], **values: object
) -> list[ChatMessage]:
    mark = fence_mark(data)
    system = prompts.render(name, mark=mark, form=json.dumps(strict_schema(kind)), **values)
    user = f"{mark}\n{data}\n{mark}\n\nThe question: {question}"
    return [{"role": "system", "content": system}, {"role": "user", "content": user}]
