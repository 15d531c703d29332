"""How far an answer can be trusted: factors that each speak for or against it, and their product's root."""

from collections.abc import Sequence
from math import prod

from services.summarizer.research.loop.question import Evidence, Said
from shared.contracts import Confidence, ConfidenceFactor

_MANY_PAPERS = 3


def confidence_of(kept: Sequence[Said], struck: int, evidence: Sequence[Evidence], disagreements: int) -> Confidence:
    """Of the sentences that stand; 0 where none does."""
    if not kept:
        return Confidence(value=0.0)
    cited = [each for each in evidence if any(each.number in said.sources for said in kept)]
    papers = len({each.paper_id for each in cited})
    relevance = max((each.relevance for each in cited), default=0.0)
    stood = len(kept) / (len(kept) + struck)
    agreed = 1 / (1 + disagreements / 2)
    factors = (
        _factor("relevance", relevance, "how near the best cited sentence is to the question"),
        _factor("checked", stood, f"{len(kept)} of {len(kept) + struck} sentences follow from what they cite"),
        _factor("papers", min(1.0, 0.6 + 0.4 * papers / _MANY_PAPERS), f"papers that are cited: {papers}"),
        _factor("agreement", agreed, f"disagreements between papers: {disagreements}"),
    )
    value = prod(factor.value for factor in factors) ** (1 / len(factors))
    return Confidence(value=round(value, 2), factors=factors)


def _factor(name: str, value: float, text: str) -> ConfidenceFactor:
    return ConfidenceFactor(name=name, value=round(max(0.0, min(1.0, value)), 3), text=text)
