"""Decisions about tags in words, for the pages that show them with a button to undo."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.publisher.library.tags.tag_tree import label_of
from shared.store.tagging.tag_decisions import TagDecision, TagProposal
from shared.store.tagging.tags import TagIndex

_BY = {
    "user": "by you",
    "sweep": "by the nightly sweep",
    "model": "by the language model",
    "seed": "an established term",
    "spelling": "by spelling",
    "abbreviation": "by a known short form",
    "meaning": "by meaning",
    "new": "new",
    "second paper": "because a second paper has it",
}
_NOT_UNDONE = ("create", "propose")
"""To undo that a tag exists would orphan what was decided about it since; such a tag is rejected instead."""


@dataclass(frozen=True)
class ShownDecision:
    """`decision_id` is empty where there is nothing to undo."""

    words: str
    by: str
    made_at: datetime
    decision_id: str
    is_undone: bool


@dataclass(frozen=True)
class Suggestion:
    """A proposal of the sweep that still makes sense: `action` is merge or parent."""

    action: str
    slug: str
    into: str
    label: str
    into_label: str
    why: str


def shown_decisions(
    decisions: Iterable[TagDecision], standing: frozenset[TagDecision], index: TagIndex
) -> list[ShownDecision]:
    """The decisions in words, in the order given."""
    return [_shown(decision, decision in standing, index) for decision in decisions]


def suggestions_of(proposals: Iterable[TagProposal], index: TagIndex) -> list[Suggestion]:
    """Merges and parents that were proposed and nobody decided since."""
    return [
        Suggestion(one.what, one.slug, one.into, name_of(one.slug, index), name_of(one.into, index), one.why)
        for one in proposals
        if _is_open(one, index)
    ]


def name_of(slug: str, index: TagIndex) -> str:
    """A tag's label, whatever became of the tag."""
    return index.tags[slug].label if slug in index.tags else label_of(slug, index)


def _is_open(proposal: TagProposal, index: TagIndex) -> bool:
    known = index.canonical_tags
    if proposal.slug not in known or proposal.into not in known:
        return False
    if frozenset((proposal.slug, proposal.into)) in index.apart:
        return False
    if proposal.what == "parent":
        return proposal.into not in known[proposal.slug].parents
    return proposal.what == "merge"


def _shown(decision: TagDecision, is_standing: bool, index: TagIndex) -> ShownDecision:
    by = _BY.get(decision.how, decision.how)
    sure = f", {decision.score:.2f}" if decision.score < 1 else ""
    can_be_undone = is_standing and decision.action not in _NOT_UNDONE
    return ShownDecision(
        words=_words(decision, index),
        by=f"{by}{sure}",
        made_at=decision.made_at,
        decision_id=decision.decision_id if can_be_undone else "",
        is_undone=not is_standing and decision.action != "undo",
    )


def _words(decision: TagDecision, index: TagIndex) -> str:
    tag, other = name_of(decision.slug, index), name_of(decision.into, index) if decision.into else ""
    return {
        "map": f"“{decision.phrase}” means {tag}",
        "propose": f"{decision.phrase} waits for a second paper",
        "create": f"{decision.phrase} became a tag",
        "accept": f"{tag} counts as a tag",
        "merge": f"{tag} was merged into {other}",
        "keep_apart": f"{tag} and {other} are two tags",
        "rename": f"{tag} was named {decision.text}",
        "describe": f"{tag} got a description",
        "parent": f"{tag} was filed under {other or 'no other tag'}",
        "reject": f"{decision.phrase or tag} was rejected",
        "retire": f"{tag} was retired",
        "undo": "A decision was undone",
    }[decision.action]
