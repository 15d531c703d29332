"""Indexing papers, and indexing them anew, in processes that are killed: no half paper, and nothing paid for twice."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.support.kills.passages import PAPERS
from tests.support.papers.passages import PassageRoom


def lost_requests(bill: Path) -> list[str]:
    """Texts that were embedded again though their request was not the one that a kill cut short."""
    requests = [json.loads(line) for line in bill.read_text().splitlines()]
    last = {request["life"]: number for number, request in enumerate(requests)}
    answered = [text for number, one in enumerate(requests) if last[one["life"]] != number for text in one["texts"]]
    every = Counter(text for request in requests for text in request["texts"])
    return [text for text in answered if every[text] > 1]


@pytest.mark.proof
def test_no_paper_is_half_there_and_no_stored_vector_is_asked_for_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.support.kills.passages", str(tmp_path), "10"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120)
    lives = [json.loads(line) for line in done.stdout.splitlines()]
    whole, cut_anew = 2, 6
    first = [life["askable"] for life in lives if life["words"] == 200]
    second = [life["askable"] for life in lives if life["words"] == 60]
    assert first[0] == [0] * len(PAPERS)
    assert all(set(askable) <= {0, whole} for askable in first)
    assert all(set(askable) <= {whole, cut_anew} for askable in second), "the earlier index answers meanwhile"
    assert second[0] == [whole] * len(PAPERS)
    assert lost_requests(tmp_path / "bill.txt") == []
    chunks = PassageRoom(tmp_path, words=60).passages.chunks
    assert chunks.count() == cut_anew * len(PAPERS)
    assert chunks.tables.manifest().files[0].made_by == ("sections-1-60",)
