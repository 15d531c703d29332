"""Answers of several researchers as one of the contract: each under its name, its citations numbered anew."""

import re
from collections.abc import Sequence
from typing import Any

from shared.contracts import (
    AnswerSentence,
    Citation,
    Disagreement,
    Gap,
    ResearchCost,
    ResearchResult,
)

_NUMBERS = re.compile(r"\[(\d{1,3}(?:\s*[,;]\s*\d{1,3})*)\]")


def merged(own: ResearchResult, others: Sequence[ResearchResult]) -> ResearchResult:
    """The own answer first, then those of the others under headings; `own` lends ids, corpus and confidence.

    What the others did not find, or why they were not reached, stands among the gaps with their names.
    """
    if not others:
        return own
    shifted = [_shifted(result, _offset(own, others[:place])) for place, result in enumerate(others)]
    answers = [own.answer, *(f"## {one.researcher}\n\n{one.answer}" for one in shifted if one.answer)]
    everyone = [own, *shifted]
    return own.model_copy(
        update={
            "outcome": _outcome(everyone),
            "answer": "\n\n".join(filter(None, answers)),
            "sentences": _joined(everyone, "sentences"),
            "citations": _joined(everyone, "citations"),
            "disagreements": _joined(everyone, "disagreements"),
            "gaps": (*own.gaps, *(_named_gap(gap, one.researcher) for one in shifted for gap in one.gaps)),
            "discoveries": _joined(everyone, "discoveries"),
            "recommendations": _joined(everyone, "recommendations"),
            "sources": tuple(dict.fromkeys(_joined(everyone, "sources"))),
            "models": tuple(dict.fromkeys(_joined(everyone, "models"))),
            "cost": _cost(everyone),
            "researcher": ", ".join(dict.fromkeys(one.researcher for one in everyone)),
            "finished_at": max(one.finished_at for one in everyone),
        }
    )


def _offset(own: ResearchResult, before: Sequence[ResearchResult]) -> int:
    """How far citations move: the highest number that stands before."""
    return sum(max((citation.number for citation in one.citations), default=0) for one in (own, *before))


def _shifted(result: ResearchResult, offset: int) -> ResearchResult:
    known = {citation.number for citation in result.citations}

    def renumbered(text: str) -> str:
        return _NUMBERS.sub(lambda match: _moved(match, known, offset), text)

    def moved(numbers: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(number + offset for number in numbers if number in known)

    return result.model_copy(
        update={
            "answer": renumbered(result.answer),
            "sentences": tuple(
                AnswerSentence(text=renumbered(one.text), citations=moved(one.citations)) for one in result.sentences
            ),
            "citations": tuple(_with_number(one, one.number + offset) for one in result.citations),
            "disagreements": tuple(
                Disagreement(text=renumbered(one.text), citations=moved(one.citations)) for one in result.disagreements
            ),
        }
    )


def _moved(match: re.Match[str], known: set[int], offset: int) -> str:
    """The same brackets with the new numbers; others, such as a reference of a quoted sentence, stay as they are."""
    numbers = [int(number) for number in re.findall(r"\d+", match[1])]
    if not all(number in known for number in numbers):
        return match[0]
    return f"[{', '.join(str(number + offset) for number in numbers)}]"


def _with_number(citation: Citation, number: int) -> Citation:
    return citation.model_copy(update={"number": number})


def _named_gap(gap: Gap, name: str) -> Gap:
    return gap if gap.text.startswith(name) else gap.model_copy(update={"text": f"{name}: {gap.text}"})


def _outcome(results: Sequence[ResearchResult]) -> str:
    """Answered by one is answered; an own answer in part stays so where nobody has a whole one."""
    found = {result.outcome for result in results}
    return next(outcome for outcome in ("answered", "partial", "declined") if outcome in found)


def _joined(results: Sequence[ResearchResult], name: str) -> tuple[Any, ...]:
    return tuple(item for result in results for item in getattr(result, name))


def _cost(results: Sequence[ResearchResult]) -> ResearchCost:
    """The sum; of money that in the own currency alone, and of seconds the longest, because all were asked at once."""
    costs = [result.cost for result in results]
    currency = costs[0].currency
    money = [cost.money for cost in costs if cost.money is not None and cost.currency == currency]
    return ResearchCost(
        llm_calls=sum(cost.llm_calls for cost in costs),
        input_tokens=sum(cost.input_tokens for cost in costs),
        output_tokens=sum(cost.output_tokens for cost in costs),
        embedding_calls=sum(cost.embedding_calls for cost in costs),
        seconds=max(cost.seconds for cost in costs),
        money=sum(money) if money else None,
        currency=currency,
    )
