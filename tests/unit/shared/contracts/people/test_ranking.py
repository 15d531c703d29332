"""Explanations on the bus, under today's names and under the old ones."""

from shared.contracts import ExplainReply


def test_outcomes_are_written_under_both_names_and_read_under_either() -> None:
    reply = ExplainReply(paper_id="2410.12850", outcomes=("2026-11-06 picked (top), rank 1",))
    written = reply.model_dump(mode="json")
    assert written["fates"] == written["outcomes"] == ["2026-11-06 picked (top), rank 1"]
    assert ExplainReply.model_validate(written) == reply
    del written["outcomes"]
    assert ExplainReply.model_validate(written) == reply
