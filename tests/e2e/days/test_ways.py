"""The two pictures of docs/architecture.md are true: a paper and a like are sent along, and the calls are traced."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator, Set
from pathlib import Path
from typing import Any

import pytest

from services.fetcher.documents.converter import convert_here, job_for
from services.fetcher.settings import FetcherSettings
from tests.support.bus.ports import free_port
from tests.support.checks.pictures import Picture, pictures, read, rooms_of
from tests.support.checks.waiting import eventually
from tests.support.processes.entries import ROOT, Entries
from tests.support.processes.whole_house import House, whole_house

pytestmark = pytest.mark.xdist_group("ways")

PAPER = "2611.00110"
"""A paper of the demo whose LaTeX source has commands of its own, and formulas."""

SETTINGS: dict[str, dict[str, Any]] = {
    "fetcher": {"start": "2026-11-05", "categories": ["cs.CV", "cs.CL"]},
    "ranker": {
        "per_day": 1,
        "explore": 0,
        "audit": 0,
        "seeds": ["quantising vision-language models across modalities"],
    },
}

BESIDE = {
    "services/embedder",
    "services/embedder/backends",
    "services/embedder/encoding",
    "services/embedder/papers",
    "services/embedder/runtime",
    "services/feedback",
    "services/feedback/importing",
    "services/fetcher/announcing",
    "services/fetcher/harvesting",
    "services/fetcher/scheduling",
    "services/publisher/system/setup",
    "services/publisher/system/status",
    "services/ranker/search",
    "services/ranker/search/index",
    "services/ranker/search/query",
    "services/ranker/selection",
    "services/summarizer",
    "services/summarizer/agent",
    "services/summarizer/llm",
    "services/summarizer/qdrant",
    "services/summarizer/research",
    "services/summarizer/research/chunking",
    "services/summarizer/research/library",
    "services/summarizer/research/loop/asked",
    "services/summarizer/research/retrieval",
    "services/summarizer/revisions",
    "services/summarizer/tags",
    "services/summarizer/text",
    "shared/bus/questions",
    "shared/hosts",
    "shared/leases",
    "shared/search",
    "shared/settings",
    "shared/store",
    "shared/store/harvests",
    "shared/store/models",
    "shared/store/research",
    "shared/text",
    "shared/text/references",
    "shared/text/tex",
}
"""Rooms whose loops look around every few seconds, whether or not anything happens; and those in which a paper that was
read is cut into passages and embedded, so that it can be asked, whenever that comes."""

START = {"services/ranker/app.py"}
"""What a service's start handed to the objects at work, here a counter of refits."""


@contextlib.contextmanager
def demo_arxiv() -> Iterator[str]:
    port = free_port()
    command = [sys.executable, "-m", "deploy.demo", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert b"ready" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


@pytest.mark.slow
@pytest.mark.timeout(1200)
async def test_a_paper_and_a_like_go_the_ways_that_are_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = pictures()
    entries = Entries()
    with entries.hooked(), demo_arxiv() as arxiv:
        async with whole_house(tmp_path, arxiv, monkeypatch, **SETTINGS) as house:
            await eventually(lambda: any((house.data / "state" / "ranker").glob("seeds*")), 60)  # no part of the way
            paper = drawn["A paper's way, from the harvest to the page"]
            with entries.noting() as entered:
                await a_paper_becomes_a_page(house)
                converted(house)
                await rest_is_entered(paper, entered)
            assert_is_true(paper, entered, BESIDE)

            like = drawn["A like's way, to the refit"]
            with entries.noting() as entered:
                await a_like_becomes_a_model(house)
                await rest_is_entered(like, entered)
            assert_is_true(like, entered, BESIDE)


async def a_paper_becomes_a_page(house: House) -> None:
    house.due.set()
    await eventually(lambda: (house.data / "site" / "content" / "papers" / f"{PAPER}.md").exists(), 180)
    assert PAPER in (await house.get("/")).text


def converted(house: House) -> None:
    """What the confined process did is done once more in this one, where it is seen."""
    (source,) = (house.data / "documents" / PAPER).glob("v*/source*")
    assert convert_here(job_for(source, FetcherSettings())).markdown


async def a_like_becomes_a_model(house: House) -> None:
    model = house.data / "state" / "ranker" / "me" / "model.json"
    before = model.read_bytes()
    answer = await house.post("/api/rating", {"paper_id": PAPER, "label": "like"})
    assert answer.status_code == 200, answer.text
    await eventually(lambda: model.read_bytes() != before, 60)


async def rest_is_entered(picture: Picture, entered: dict[str, None]) -> None:
    """Wait for what is done beside the way; what is still missing after that is reported by `assert_is_true`."""
    with contextlib.suppress(AssertionError):
        await eventually(lambda: set(picture.modules) <= set(entered))


def assert_is_true(picture: Picture, entered: dict[str, None], beside: Set[str] = frozenset()) -> None:
    """Every box was entered, no room but those drawn and those beside, and in the order of the solid arrows."""
    order = {module: place for place, module in enumerate(entered)}
    assert [module for module in picture.modules if module not in order] == []
    assert rooms_of(set(entered) - START) - picture.rooms - beside == set()
    assert [(first, second) for first, second in picture.solid if order[first] > order[second]] == []


TINY = """
subgraph fetcher["services/fetcher"]
  a["arxiv/gate.py<br>not too soon"]
  b["arxiv/oai.py"]
end
a --> b
b -.-> a
"""


@pytest.mark.parametrize(
    "entered",
    [
        ["services/fetcher/arxiv/gate.py"],
        ["services/fetcher/arxiv/oai.py", "services/fetcher/arxiv/gate.py"],
        ["services/fetcher/arxiv/gate.py", "services/fetcher/arxiv/oai.py", "services/embedder/papers/embedding.py"],
    ],
    ids=["a box that is not entered", "an arrow that points the wrong way", "a room that is not drawn"],
)
def test_a_picture_that_is_not_true_is_noticed(entered: list[str]) -> None:
    picture = read(TINY)
    assert_is_true(picture, dict.fromkeys(picture.modules))
    with pytest.raises(AssertionError):
        assert_is_true(picture, dict.fromkeys(entered))


def test_an_arrow_to_no_box_is_refused() -> None:
    with pytest.raises(ValueError, match="no box is called c"):
        read(TINY + "b --> c\n")
