"""Answers on a terminal."""

from services.summarizer.cli.asking.shown import estimate_line, lines_of
from shared.contracts import (
    AnswerSentence,
    Citation,
    Confidence,
    CostEstimate,
    Gap,
    Recommendation,
    ResearchResult,
    now,
)

CITATION = Citation(
    number=1, paper_id="2610.00001", version=2, title="Merge trees", url="https://arxiv.org/abs/2610.00001v2",
    locator="Method, page 3", raw_excerpt="A tree\nholds " + "many runs " * 60,
)  # fmt: skip


def test_an_answer_is_wrapped_and_followed_by_what_it_rests_on() -> None:
    result = ResearchResult(
        trace_id="20261122T134325746439-9ffc98", question="Why?", outcome="partial", mode="extractive",
        answer="Merge trees (2610.00001):\n- " + "A tree holds many runs. " * 9 + "[1]",
        sentences=(AnswerSentence(text="x", citations=(1,)),), citations=(CITATION,),
        gaps=(Gap(kind="not_found", text="Not found in these papers: whales"),), confidence=Confidence(value=0.5),
        recommendations=(Recommendation(text="Ask them all."), Recommendation(text="Add it.", paper_id="1901.00001")),
        asked_at=now(), finished_at=now(),
    )  # fmt: skip
    lines = list(lines_of(result))
    assert max(map(len, lines)) <= 104
    text = "\n".join(lines)
    assert "[1] Merge trees · Method, page 3" in text
    assert "“A tree holds" in text
    assert "…”" in text
    assert "Not answered\n- Not found in these papers: whales" in text
    assert "What you can do\n- Ask them all.\n\n" in text
    assert text.endswith("trace 20261122T134325746439-9ffc98")
    assert "no AI text" in text


def test_an_estimate_is_a_line() -> None:
    estimate = CostEstimate(llm_calls=4, input_tokens=10_000, output_tokens=2_000, money=0.0125)
    assert estimate_line(estimate) == "Estimate: at most 4 calls, about 12,000 tokens, cost 0.0125."
