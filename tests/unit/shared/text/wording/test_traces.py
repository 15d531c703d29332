"""Steps of a question in words."""

from typing import Any

import pytest

from shared.text.wording.traces import words_of_step

HITS = [{"paper_id": "a"}, {"paper_id": "b"}]


@pytest.mark.parametrize(
    ("step", "words"),
    [
        ({"step": "planned", "plan": {"queries": ["trees"]}, "papers": 1}, "Looking for “trees” in 1 paper"),
        ({"step": "retrieved", "hits": HITS}, "Found 2 passages in 2 papers"),
        ({"step": "reranked", "by": "model"}, "Ranked the passages by the model's judgement"),
        ({"step": "read", "evidence": HITS[:1]}, "Read 1 sentences of 1 paper"),
        (
            {"step": "called", "purpose": "answer 1", "input_tokens": 1000, "output_tokens": 200},
            "The model wrote a draft (1,200 tokens)",
        ),
        ({"step": "drafted", "draft": None}, ""),
        (
            {"step": "checked", "of": "sentences", "sentences": [{"why": ""}, {"why": "no"}]},
            "Checked: 1 of 2 sentences follow from what they cite",
        ),
        ({"step": "stuck", "text": "No more."}, "No more."),
        ({"step": "retrieved"}, ""),
        ({"step": "of another version"}, ""),
    ],
)
def test_a_step_is_a_line_or_nothing(step: dict[str, Any], words: str) -> None:
    assert words_of_step(step) == words
