"""Which decisions about tags a replay begins with, and what becomes of all of them when it is accepted. Pure.

What a person decided stays, and so does what it is about. What papers outside the replay were given stays too.
"""

from collections.abc import Collection, Iterable, Sequence

from shared.store.tagging.tag_decisions import TagDecision

_MAKES = ("create", "propose")
_BRINGS = (*_MAKES, "accept")


def base_of(history: Sequence[TagDecision], paper_ids: Collection[str]) -> list[TagDecision]:
    """The decisions without those that were made for these papers, which are decided about again.

    Kept of them is what somebody undid, so that it is not decided so again, and tags that other decisions are about.
    """
    papers, undone = set(paper_ids), {decision.undoes for decision in history if decision.action == "undo"}
    is_kept = [one.paper_id not in papers or one.decision_id in undone for one in history]
    wanted = _named(one for one, kept in zip(history, is_kept, strict=True) if kept)
    return [
        one for one, kept in zip(history, is_kept, strict=True) if kept or (one.action in _MAKES and one.slug in wanted)
    ]


def exchanged(
    standing: Sequence[TagDecision], taken_out: Sequence[TagDecision], put_in: Sequence[TagDecision]
) -> list[TagDecision]:
    """The decisions with some in the place of others; those of neither, which came since, stay at the end.

    A tag that only these newer ones are about is carried over. Done twice is done once.
    """
    known = {*taken_out, *put_in}
    newer = [decision for decision in standing if decision not in known]
    missing = _named(newer) - _made(put_in) - _made(newer)
    carried = [one for one in taken_out if one.action in _BRINGS and one.slug in missing]
    return [*put_in, *carried, *newer]


def _named(decisions: Iterable[TagDecision]) -> set[str]:
    """The tags that decisions are about."""
    return {slug for decision in decisions for slug in (decision.slug, decision.into) if slug}


def _made(decisions: Iterable[TagDecision]) -> set[str]:
    return {decision.slug for decision in decisions if decision.action in _MAKES}
