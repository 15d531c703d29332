"""What is said of a user's interests: facets as a message, and why there are none."""

from collections.abc import Sequence

from services.ranker.interests.discovery.evidence import Evidence
from services.ranker.interests.discovery.facets import FEWEST_LIKES, Facet
from services.ranker.interests.discovery.populations import FEWEST_READ_LIKES, FEWEST_READ_OTHERS, read_likes
from shared.contracts import InterestFacet, InterestsReply


def reply_of(facets: Sequence[Facet], evidence: Evidence) -> InterestsReply:
    """The facets that were found in the evidence, with a note where there are none or summaries were not used."""
    read = len(read_likes(evidence))
    notes = ["" if facets else _why_none(evidence), _why_unread(evidence, read)]
    return InterestsReply(
        facets=tuple(_as_message(facet, evidence) for facet in facets),
        likes=evidence.likes,
        sample=evidence.others,
        note=" ".join(filter(None, notes)),
        read_likes=read,
        read_others=len(evidence.read),
    )


def _as_message(facet: Facet, evidence: Evidence) -> InterestFacet:
    lift, low, high = facet.lift
    return InterestFacet.model_validate(
        {
            "key": facet.key,
            "name": facet.name,
            "paper_ids": tuple(evidence.items[row].paper_id for row in facet.rows),
            "share": facet.share,
            "lift": lift,
            "lift_low": low,
            "lift_high": high,
            "lift_within": facet.lift_within,
            "p_value": facet.p_value,
            "categories": facet.categories,
            "crosses": facet.crosses,
            "named_by": facet.named_by,
            "side": facet.side,
            "problem": facet.problem,
            "method": facet.method,
            "tags": facet.tags,
            "trend": facet.trend,
            "direction": facet.direction,
            "found_in": facet.found_in,
            "against": facet.against,
        }
    )


def _why_unread(evidence: Evidence, read: int) -> str:
    """Why summaries were not used, where there are too few; empty where likes are too few anyway."""
    enough = read >= FEWEST_READ_LIKES and len(evidence.read) >= FEWEST_READ_OTHERS
    if enough or evidence.likes < FEWEST_LIKES:
        return ""
    return (
        f"Summaries not used: {read} of your likes and {len(evidence.read)} other papers have one; "
        f"{FEWEST_READ_LIKES} and {FEWEST_READ_OTHERS} are needed."
    )


def _why_none(evidence: Evidence) -> str:
    if evidence.likes < FEWEST_LIKES:
        papers = "1 paper that has a vector" if evidence.likes == 1 else f"{evidence.likes} papers that have a vector"
        return (
            f"Not enough yet: you like {papers}, and interests need {FEWEST_LIKES}. Like more papers, then look again."
        )
    if evidence.others < 10 * FEWEST_LIKES:
        return f"Not enough papers to compare your {evidence.likes} likes with: only {evidence.others} have a vector."
    return (
        f"Nothing in your {evidence.likes} likes is significantly more common than in {evidence.others} papers "
        "drawn at random. More likes may show something."
    )
