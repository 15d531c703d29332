"""The answer of a model, from numbered sentences; and the mending, once, of what does not follow from them."""

from collections.abc import Sequence

from services.summarizer.agent.prompt_files import Prompts
from services.summarizer.research.answers.extracts import says_the_same
from services.summarizer.research.answers.forms import AnswerReply, CitedSentence
from services.summarizer.research.answers.prompts import answer_prompt, mend_prompt
from services.summarizer.research.answers.sources_check import problem_of
from services.summarizer.research.loop.model_calls import ModelCalls
from services.summarizer.research.loop.question import Drafted, Evidence, Said
from services.summarizer.research.tracing.trace import Facts
from services.summarizer.text.sentences import split_sentences

_MOST_STATEMENTS = 12


async def draft(question: str, evidence: Sequence[Evidence], calls: ModelCalls, prompts: Prompts, asked: str) -> Facts:
    """The facts of a draft: the answer, `reply` as the model gave it; `reply` is None where there is none to be had."""
    answered = await calls.ask(f"answer {asked}", answer_prompt(prompts, question, evidence), AnswerReply)
    if answered is None:
        return {"draft": None, "reply": None}
    return {"draft": drafted(answered.value).model_dump(mode="json"), "reply": answered.text, "model": answered.model}


async def mend(
    question: str,
    evidence: Sequence[Evidence],
    reply: str,
    failing: Sequence[Said],
    calls: ModelCalls,
    prompts: Prompts,
) -> Facts:
    """The facts of the sentences that a model gives instead of those that do not follow."""
    conversation = answer_prompt(prompts, question, evidence)
    again = mend_prompt(prompts, conversation, reply, [problem_of(said) for said in failing])
    answered = await calls.ask("mend", again, AnswerReply)
    sentences = drafted(answered.value).sentences if answered else ()
    return {"sentences": [said.model_dump(mode="json") for said in sentences]}


def drafted(reply: AnswerReply) -> Drafted:
    """A reply as a draft: one statement a sentence, nothing said twice."""
    sentences = [said for sentence in reply.sentences for said in _statements(sentence)]
    return Drafted(
        answered=reply.answered and bool(sentences),
        sentences=tuple(_distinct(sentences)[:_MOST_STATEMENTS]),
        disagreements=tuple(Said(text=each.text, sources=each.sources) for each in reply.disagreements if each.text),
        missing=tuple(query for query in reply.missing if query),
    )


def joined(kept: Sequence[Said], mended: Sequence[Said]) -> tuple[Said, ...]:
    """The sentences that stood, and the mended ones that say something else."""
    return tuple(_distinct([*kept, *mended]))


def _statements(sentence: CitedSentence) -> list[Said]:
    """A text of several sentences is checked by the sentence."""
    return [Said(text=text, sources=sentence.sources) for text in split_sentences(sentence.text)]


def _distinct(sentences: Sequence[Said]) -> list[Said]:
    distinct: list[Said] = []
    for said in sentences:
        if not any(said.text.casefold() == other.text.casefold() or _repeats(said, other) for other in distinct):
            distinct.append(said)
    return distinct


def _repeats(said: Said, other: Said) -> bool:
    return set(said.sources) == set(other.sources) and says_the_same(said.text, other.text)
