"""An answer on a terminal: its sentences, what they rest on, what is missing, and what it took."""

import textwrap
from collections.abc import Iterator

from shared.contracts import Citation, CostEstimate, ResearchResult

_WIDTH = 100
_LONGEST_EXCERPT = 400


def lines_of(result: ResearchResult) -> Iterator[str]:
    """The answer and everything that belongs to it, wrapped, without markup."""
    for paragraph in result.answer.split("\n"):
        yield from _wrapped(paragraph, hanging="  " if paragraph.startswith("- ") else "") or [""]
    if result.citations:
        yield from ("", "Citations")
    for citation in result.citations:
        yield from _citation(citation)
    yield from _listed("Disagreements", [f"{each.text} {_numbers(each.citations)}" for each in result.disagreements])
    yield from _listed("Not answered", [gap.text for gap in result.gaps])
    discovered = [f"{each.paper_id or each.doi} {each.title} ({each.reason})".strip() for each in result.discoveries]
    yield from _listed("Cited there, and not in your list", discovered)
    yield from _listed("What you can do", [each.text for each in result.recommendations if each.paper_id is None])
    yield ""
    yield _last_line(result)


def estimate_line(estimate: CostEstimate) -> str:
    """What a question costs at most."""
    if not estimate.llm_calls:
        return "No language model is configured or allowed: sentences of the papers answer, at no cost."
    tokens = estimate.input_tokens + estimate.output_tokens
    parts = [f"at most {estimate.llm_calls} calls", f"about {tokens:,} tokens"]
    if estimate.money is not None:
        parts.append(f"cost {estimate.money:.4g} {estimate.currency}".strip())
    return f"Estimate: {', '.join(parts)}."


def _citation(citation: Citation) -> Iterator[str]:
    head = f"[{citation.number}] {citation.title} · {citation.locator}"
    yield from _wrapped(head, hanging="    ")
    excerpt = " ".join(citation.raw_excerpt.split())
    cut = excerpt if len(excerpt) <= _LONGEST_EXCERPT else f"{excerpt[:_LONGEST_EXCERPT]}…"
    yield from _wrapped(f"    “{cut}”", hanging="    ")
    yield f"    {citation.url}"


def _listed(title: str, texts: list[str]) -> Iterator[str]:
    if texts:
        yield from ("", title)
    for text in texts:
        yield from _wrapped(f"- {text}", hanging="  ")


def _last_line(result: ResearchResult) -> str:
    cost, parts = result.cost, []
    if result.mode == "extractive":
        parts.append("extracted from the papers (no AI text)")
    elif result.models:
        parts.append(", ".join(result.models))
    if result.outcome != "declined":
        parts.append(f"confidence {result.confidence.value:.2f}")
    if cost.llm_calls:
        parts.append(f"{cost.llm_calls} calls, {cost.input_tokens + cost.output_tokens:,} tokens")
    if cost.money:
        parts.append(f"cost {cost.money:.4g} {cost.currency}".strip())
    return " · ".join([*parts, f"{cost.seconds:.1f} s", f"trace {result.trace_id}"])


def _numbers(citations: tuple[int, ...]) -> str:
    return "".join(f"[{number}]" for number in citations)


def _wrapped(text: str, hanging: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)
