"""The plan of a question: what to look for, and in which papers, where its own words narrow them."""

import re
from datetime import date

from services.summarizer.agent.prompt_files import Prompts
from services.summarizer.evidence.wording import content_stems
from services.summarizer.research.answers.forms import MOST_QUERIES, PlanReply
from services.summarizer.research.answers.parts import question_parts
from services.summarizer.research.answers.prompts import plan_prompt
from services.summarizer.research.loop.model_calls import ModelCalls
from services.summarizer.research.loop.question import Plan, Question
from services.summarizer.text.passages import one_line
from shared.contracts import Corpus
from shared.paper_ids import parse_paper_id
from shared.text.stop_words import FUNCTION_WORDS

_ID = re.compile(r"(?<![\w./-])(?:arxiv:\s*)?(\d{4}\.\d{4,5}|[a-z]+(?:-[a-z]+)?/\d{7})(?:v\d+)?(?![\w/])", re.I)
_SINCE = re.compile(r"\bpapers?\b[^.?!]{0,40}?\b(?:since|from|after)\s+((?:19|20)\d\d)\b", re.I)
_BEFORE = re.compile(r"\bpapers?\b[^.?!]{0,40}?\b(?:before|until)\s+((?:19|20)\d\d)\b", re.I)
_CATEGORY = re.compile(
    r"(?<![\w.])((?:cs|math|stat|physics|econ|eess|q-bio|q-fin|cond-mat|astro-ph|nlin)\.[A-Za-z]{2}(?:-[a-z]+)?)(?![\w.])"
)
_REFERS_BACK = re.compile(
    r"^(?:and|but|so|then|why|how so|what about|how about)\b|\b(?:it|its|they|them|their|this|that|these|those|he|she"
    r"|the same|former|latter|there)\b",
    re.I,
)
_FEW_WORDS = 3
_ELSEWHERE = "a also am an as at do had has he him i in is it may must no of on or over per so us via was we were will"
_ENGLISH_ALONE = FUNCTION_WORDS - frozenset(_ELSEWHERE.split())
"""Function words of English that are words of hardly any other language."""
_KEPT_IN_ENGLISH = 0.6


async def plan_of(question: Question, calls: ModelCalls, prompts: Prompts | None) -> Plan:
    """By the model where there is one; what the words of the question narrow is read without it."""
    corpus = narrowed(question.corpus, question.question)
    alone, own = standing_alone(question), one_line(question.question)
    if calls.configured and prompts is not None:
        answered = await calls.ask("plan", plan_prompt(prompts, question.question, question.history), PlanReply)
        if answered is not None:
            reply = answered.value
            rewritten = one_line(reply.question) if question.history or is_foreign(own, reply.question) else ""
            queries = _distinct([rewritten or alone, *reply.queries])
            return Plan(
                question=rewritten or alone, about=rewritten or own, queries=queries, corpus=corpus, by_model=True
            )
    return Plan(question=alone, about=own, queries=_distinct([alone, *_parts(question.question)]), corpus=corpus)


def is_foreign(question: str, in_english: str) -> bool:
    """Whether a question is in another language: none of its words is only English's, and its translation has few.

    Some it has: names are the same in every language.
    """
    words, theirs = set(content_stems(question)), set(content_stems(in_english))
    if not theirs or not _ENGLISH_ALONE.isdisjoint(re.findall(r"\w+", question.casefold())):
        return False
    return len(words & theirs) <= _KEPT_IN_ENGLISH * len(words)


def narrowed(corpus: Corpus, question: str) -> Corpus:
    """The corpus with the papers, categories and years that the question's own words name; never a wider one."""
    changes: dict[str, object] = {}
    named = _ids_in(question)
    if named and not corpus.paper_ids:
        changes["paper_ids"] = named
    categories = tuple(dict.fromkeys(_CATEGORY.findall(question)))
    if categories and not corpus.categories:
        changes["categories"] = categories
    if (since := _SINCE.search(question)) and corpus.from_date is None:
        changes["from_date"] = date(int(since[1]), 1, 1)
    if (before := _BEFORE.search(question)) and corpus.until_date is None:
        changes["until_date"] = date(int(before[1]) - 1, 12, 31)
    return corpus.model_copy(update=changes)


def standing_alone(question: Question) -> str:
    """A follow-up that points back, with the question that it points to."""
    text = one_line(question.question)
    if not question.history:
        return text
    is_follow_up = bool(_REFERS_BACK.search(text)) or len(content_stems(text)) < _FEW_WORDS
    return f"{one_line(question.history[-1].question)} {text}" if is_follow_up else text


def _parts(question: str) -> list[str]:
    """The questions of a text that asks several."""
    parts = [f"{part.strip()}?" for part in re.split(r"\?(?=\s|$)", one_line(question)) if part.strip()]
    return parts if len(parts) > 1 else question_parts(question)


def _ids_in(question: str) -> tuple[str, ...]:
    ids = []
    for text in _ID.findall(question):
        try:
            ids.append(parse_paper_id(text))
        except ValueError:
            continue
    return tuple(dict.fromkeys(ids))


def _distinct(queries: list[str]) -> tuple[str, ...]:
    known: dict[str, str] = {}
    for query in queries:
        if query.strip():
            known.setdefault(query.casefold().strip(" ?."), query)
    return tuple(known.values())[: MOST_QUERIES + 1]
