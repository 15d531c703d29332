"""Decisions in words, and which suggestions still make sense."""

from datetime import UTC, datetime

from services.publisher.library.tags.decision_words import shown_decisions, suggestions_of
from shared.store.tagging.tag_decisions import TagDecision, TagProposal, in_force
from shared.store.tagging.tag_index import index_of

NOW = datetime(2026, 11, 6, tzinfo=UTC)


def decision(action: str, slug: str, how: str = "user", **facts: object) -> TagDecision:
    return TagDecision.model_validate({"action": action, "slug": slug, "how": how, "made_at": NOW, **facts})


MADE = [decision("create", "cats", phrase="Cats"), decision("create", "felines", phrase="Felines")]


def test_a_decision_that_stands_can_be_undone_and_one_that_was_undone_says_so() -> None:
    merge = decision("merge", "felines", into="cats")
    undo = decision("undo", "", undoes=merge.decision_id)
    merged, undone = [*MADE, merge], [*MADE, merge, undo]
    (shown,) = shown_decisions([merge], frozenset(in_force(merged)), index_of(merged))
    assert (shown.words, shown.decision_id, shown.is_undone) == (
        "Felines was merged into Cats",
        merge.decision_id,
        False,
    )
    (shown,) = shown_decisions([merge], frozenset(in_force(undone)), index_of(undone))
    assert (shown.decision_id, shown.is_undone) == ("", True)


def test_what_somebody_decided_since_is_no_longer_suggested() -> None:
    proposals = [TagProposal(what="merge", slug="felines", into="cats", made_at=NOW)]
    assert [one.into_label for one in suggestions_of(proposals, index_of(MADE))] == ["Cats"]
    for since in (decision("merge", "felines", into="cats"), decision("keep_apart", "cats", into="felines")):
        assert suggestions_of(proposals, index_of([*MADE, since])) == []
