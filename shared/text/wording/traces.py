"""The steps of a question's trace in words, for whoever waits for its answer."""

from collections.abc import Callable, Mapping
from typing import Any

from shared.text.safe.plain_text import shortened

Step = Mapping[str, Any]
_LONGEST_QUERY = 80


def words_of_step(step: Step) -> str:
    """A line about a step; empty for one that nobody waits for."""
    words = _WORDS.get(str(step.get("step")))
    try:
        return words(step) if words else ""
    except (KeyError, TypeError, AttributeError):  # a line of another version
        return ""


def _planned(step: Step) -> str:
    queries = [f"“{shortened(str(query), _LONGEST_QUERY)}”" for query in step["plan"]["queries"]]
    papers = step.get("papers")
    among = "" if papers is None else f" in {papers:,} paper{'' if papers == 1 else 's'}"
    return f"Looking for {', '.join(queries)}{among}"


def _retrieved(step: Step) -> str:
    hits = step["hits"]
    papers = len({hit["paper_id"] for hit in hits})
    return f"Found {len(hits)} passages in {papers} paper{'' if papers == 1 else 's'}"


def _reranked(step: Step) -> str:
    return "Ranked the passages by the model's judgement" if step["by"] == "model" else "Ranked the passages"


def _read(step: Step) -> str:
    evidence = step["evidence"]
    papers = len({each["paper_id"] for each in evidence})
    return f"Read {len(evidence)} sentences of {papers} paper{'' if papers == 1 else 's'}"


def _called(step: Step) -> str:
    purpose = str(step.get("purpose", "")).split(" ")[0]
    done = {"plan": "made a plan", "rank": "judged passages", "answer": "wrote a draft", "mend": "mended its draft"}
    tokens = int(step["input_tokens"]) + int(step["output_tokens"])
    return f"The model {done.get(purpose, 'answered')} ({tokens:,} tokens)"


def _drafted(step: Step) -> str:
    draft = step.get("draft")
    if not draft:
        return ""
    missing = len(draft.get("missing", ()))
    return f"Drafted {len(draft['sentences'])} sentences" + (f"; missing: {missing}" if missing else "")


def _checked(step: Step) -> str:
    sentences = step["sentences"]
    stand = sum(not said.get("why") for said in sentences)
    return f"Checked: {stand} of {len(sentences)} {step.get('of', 'sentences')} follow from what they cite"


def _struck(step: Step) -> str:
    return f"Left out what does not follow: {len(step['sentences'])}"


def _stuck(step: Step) -> str:
    return str(step["text"])


_WORDS: Mapping[str, Callable[[Step], str]] = {
    "planned": _planned,
    "retrieved": _retrieved,
    "reranked": _reranked,
    "read": _read,
    "called": _called,
    "drafted": _drafted,
    "checked": _checked,
    "struck": _struck,
    "stuck": _stuck,
}
