"""Questions that ask several things."""

import pytest

from services.summarizer.research.answers.extracts import extract, unanswered_parts
from services.summarizer.research.answers.parts import question_parts
from services.summarizer.research.answers.relevance import asked_of
from tests.unit.summarizer.research.answers.test_relevance import evidence

BOTH = "How are sorted runs merged, and which birds nest on cliffs?"


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (BOTH, ["How are sorted runs merged?", "which birds nest on cliffs?"]),
        ("Do whales sing loudly? And in which winters do seals sing?",
         ["Do whales sing loudly?", "in which winters do seals sing?"]),
        ("How cheap is synthetic speech; for which African languages was it tested?",
         ["How cheap is synthetic speech?", "for which African languages was it tested?"]),
        ("When models are trained longer, how do their weights change?", []),
        ("What setup agreed best with experts, and how fast was it?", []),
        ("Which trees hold heads of runs and records of files?", []),
        ("We train networks, which gives better weights.", []),
    ],
)  # fmt: skip
def test_a_question_is_parted_where_each_part_stands_alone(question: str, parts: list[str]) -> None:
    assert question_parts(question) == parts


def test_each_part_is_answered_by_itself_and_what_is_not_is_named() -> None:
    asked = asked_of(BOTH)
    runs = evidence("Sorted runs are merged two at a time.", 0.7, 0.5).model_copy(update={"parts": (1.0, 0.0)})
    birds = evidence("Many birds nest on cliffs by the sea.", 0.7, 0.5).model_copy(
        update={"parts": (0.0, 1.0), "number": 2, "paper_id": "2610.00002"}
    )
    texts = {"2610.00001": runs.text, "2610.00002": birds.text}
    said = extract(asked, [runs, birds], texts, {})
    assert [each.sources for each in said] == [(1,), (2,)]
    assert unanswered_parts(asked, said, [runs, birds], {}) == []
    (alone,) = extract(asked, [runs], texts, {})
    assert unanswered_parts(asked, [alone], [runs], {}) == ["which birds nest on cliffs?"]


def test_who_asks_for_papers_is_told_a_sentence_of_each_that_is_near() -> None:
    given = [
        evidence(text, cosine, 1.0).model_copy(update={"number": number, "paper_id": f"2610.0000{number}"})
        for number, (cosine, text) in enumerate(
            [(0.9, "We merge sorted runs on disks."), (0.4, "Here the runs of records are merged at night.")], start=1
        )
    ]
    given.append(evidence("Merged runs are again merged and kept.", 0.89, 1.0).model_copy(update={"number": 3}))
    texts = {f"2610.0000{number}": "runs merged" for number in (1, 2)}
    assert [said.sources for said in extract(asked_of("How are runs merged?"), given, texts, {})] == [(1,), (3,)]
    assert [said.sources for said in extract(asked_of("Which papers merge runs?"), given, texts, {})] == [(1,), (2,)]
