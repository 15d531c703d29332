"""Every paper ends in one summary or one failure that is told, whatever the model's server does."""

import json
import random
from pathlib import Path

import pytest

from shared.contracts import PapersSelected
from shared.errors import PapersFailed, TemporaryFailure
from tests.support.llm.server import Body, Scripted, llm_server
from tests.support.papers.summarizer import paper, room
from tests.unit.summarizer.test_reading_with_a_model import WRONG_QUOTE, said, settings

PAPERS = tuple(f"2610.{number:05d}" for number in range(1, 13))
FAULTS = (
    Scripted("not JSON at all"),
    Scripted('{"fields": {"method": [{"quotes": ['),
    Scripted('{"fields": {"something": []}}'),
    Scripted("I cannot help with that."),
    Scripted(""),
    Scripted(status=500, error="out of memory"),
    Scripted(status=429, error="slow down"),
    Scripted(status=503, error="loading"),
    Scripted(raw=b"<html>gateway</html>"),
    Scripted(said(WRONG_QUOTE)),
)


@pytest.mark.proof
async def test_every_paper_has_one_summary_after_any_mixture_of_faults(tmp_path: Path) -> None:
    chance = random.Random(12)

    def script(body: Body, before: int) -> Scripted:
        return chance.choice(FAULTS) if chance.random() < 0.5 else Scripted(said())

    with llm_server(script) as server:
        async with room(tmp_path, settings(server), most_papers=6) as here:
            here.hold(*(paper(paper_id) for paper_id in PAPERS))
            event = PapersSelected(paper_ids=PAPERS, event_id="pick-1", run_id="run-1")
            errors: set[type[Exception]] = set()
            for _ in range(12):
                try:
                    await here.bus.deliver(event)
                    break
                except PapersFailed as failed:
                    errors.update(type(error) for error in failed.failures.values())
            summaries = list(here.summaries.all())
            kept = [json.loads(line)["paper_id"] for line in (tmp_path / "summaries/2026-10.jsonl").open()]
    assert all(issubclass(error, TemporaryFailure) for error in errors)
    assert kept == list(PAPERS)
    assert all(
        summary.mode == "llm" or "No model wrote this summary" in " ".join(summary.notes) for summary in summaries
    )
    assert any(summary.mode == "llm" for summary in summaries)
