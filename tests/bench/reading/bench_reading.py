"""How long it takes to read papers with a model, beside the time of the calls alone and beside one paper at a time.

`python -m tests.bench.reading.bench_reading [PAPERS] [SECONDS A CALL] [CALLS AT ONCE]`, by default 24, 0.25 and 4: the
whole agent against a real HTTP server that answers after so many seconds. Prints a table and one line of JSON.
"""

import asyncio
import json
import math
import sys
import tempfile
import time
from pathlib import Path

from services.summarizer.subscribers import papers_at_once
from shared.contracts import PapersSelected
from shared.settings.settings import LlmSettings
from tests.support.llm.server import Scripted, llm_server
from tests.support.papers.summarizer import Room, paper, room

_QUOTE = "We use a tree of tournament nodes, each holding the head of one run."


def answer() -> str:
    fields = {"method": [{"quotes": [_QUOTE], "statement": "A tournament tree holds the head of each run."}]}
    return json.dumps({"fields": fields, "tags": ["external sorting", "tournament trees", "cheap disks"]})


async def seconds_for(papers: int, call_seconds: float, at_once: int, most_papers: int) -> tuple[float, int]:
    """Seconds from the event to the last summary, and how many calls it took."""
    ids = tuple(f"2610.{number:05d}" for number in range(papers))
    with (
        tempfile.TemporaryDirectory() as folder,
        llm_server(lambda body, before: Scripted(answer(), after_seconds=call_seconds)) as server,
    ):
        settings = LlmSettings.model_validate({"base_url": server.url, "model": "m", "calls_at_once": at_once})
        async with room(Path(folder), settings, most_papers=most_papers) as here:
            here.hold(*(paper(paper_id) for paper_id in ids))
            await warm_up(here)
            calls = len(server.asked)
            started = time.monotonic()
            await here.bus.deliver(PapersSelected(paper_ids=ids))
            seconds = time.monotonic() - started
            assert here.summaries.count() == papers + 1
            return seconds, len(server.asked) - calls


async def warm_up(here: Room) -> None:
    """One paper before: imports and first connections are no part of the figure."""
    here.hold(paper("2609.00001"))
    await here.bus.deliver(PapersSelected(paper_ids=("2609.00001",), event_id="warm"))


def main(papers: int, call_seconds: float, at_once: int) -> None:
    few = max(2, papers // 8)
    seconds, calls = asyncio.run(seconds_for(papers, call_seconds, at_once, papers_at_once(at_once)))
    plain = asyncio.run(seconds_for(few, call_seconds, 1, 1))[0] / few * papers
    ideal = math.ceil(calls / at_once) * call_seconds
    print(f"{papers} papers, {calls} calls of {call_seconds:g} s, {at_once} at once")
    print(f"{'the calls alone':36} {ideal:8.1f} s")
    print(f"{'read':36} {seconds:8.1f} s  {seconds / ideal - 1:+.0%}")
    print(f"{f'one at a time (from {few} papers)':36} {plain:8.1f} s  {plain / seconds:.1f} x")
    facts = {"papers": papers, "calls": calls, "seconds": seconds, "ideal": ideal, "one_at_a_time": plain}
    print(json.dumps({name: round(value, 2) for name, value in facts.items()}))


if __name__ == "__main__":
    given = sys.argv[1:]
    main(int(given[0]) if given else 24, float(given[1]) if given[1:] else 0.25, int(given[2]) if given[2:] else 4)
