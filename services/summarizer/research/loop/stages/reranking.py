"""Which of the chunks that were found come first: by a model's judgement if there is one, else by their sentences."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest

from services.summarizer.agent.prompt_files import Prompts
from services.summarizer.research.answers.forms import RankReply
from services.summarizer.research.answers.prompts import rank_prompt
from services.summarizer.research.loop.model_calls import ModelCalls
from services.summarizer.research.loop.question import Evidence, FoundChunk

_MOST_JUDGED, _SHOWN_SENTENCES, _LONGEST_SHOWN = 10, 3, 500
_OF_SENTENCES, _OF_RETRIEVAL = 0.7, 0.3


def by_sentences(chunks: Sequence[FoundChunk], sentences: Mapping[str, Sequence[Evidence]]) -> list[str]:
    """The ids of chunks by their best sentence and their rank in the retrieval."""
    best_score = max((chunk.score for chunk in chunks), default=0.0) or 1.0
    scores = {
        chunk.chunk_id: _OF_SENTENCES * best_relevance(sentences.get(chunk.chunk_id, ()))
        + _OF_RETRIEVAL * chunk.score / best_score
        for chunk in chunks
    }
    return sorted(scores, key=lambda chunk_id: -scores[chunk_id])


def best_relevance(sentences: Sequence[Evidence]) -> float:
    return max((each.relevance for each in sentences), default=0.0)


async def by_model(
    question: str,
    order: Sequence[str],
    chunks: Mapping[str, FoundChunk],
    sentences: Mapping[str, Sequence[Evidence]],
    calls: ModelCalls,
    prompts: Prompts,
    asked: str,
) -> list[str] | None:
    """The same with those first that the model judges to help, in turn with the nearest; None without a judgement."""
    judged = [chunk_id for chunk_id in order[:_MOST_JUDGED] if sentences.get(chunk_id)]
    if len(judged) < 2:
        return None
    shown = [_excerpt(chunks[chunk_id], sentences[chunk_id]) for chunk_id in judged]
    answered = await calls.ask(f"rank {asked}", rank_prompt(prompts, question, shown), RankReply)
    if answered is None:
        return None
    helping = [judged[number - 1] for number in dict.fromkeys(answered.value.relevant) if 1 <= number <= len(judged)]
    in_turn = (chunk_id for pair in zip_longest(helping, order) for chunk_id in pair if chunk_id is not None)
    return list(dict.fromkeys(in_turn))


def _excerpt(chunk: FoundChunk, sentences: Sequence[Evidence]) -> str:
    """The sentences of a chunk that are nearest to the question, in its order, under its titles."""
    best = sorted(sentences, key=lambda each: -each.relevance)[:_SHOWN_SENTENCES]
    text = " ".join(each.text for each in sorted(best, key=lambda each: each.start))
    title = sentences[0].paper_title if sentences else chunk.title
    return f"[{title} | {' > '.join(chunk.titles)}] {text}"[:_LONGEST_SHOWN]
