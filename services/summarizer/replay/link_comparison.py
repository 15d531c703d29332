"""How links that were found again differ from those that stand. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import JsonValue

from services.summarizer.replay.tag_comparison import (
    calls_in_words,
    failures_in_words,
    figures_of_calls,
    papers_in_words,
)
from shared.store.keeping.replays import ReplayReport
from shared.store.models.ledger import Call
from shared.store.papers.links import Link

_SHOWN = 8


class LinkKey(NamedTuple):
    """What makes two links the same: who, to whom, as what, which way."""

    paper_id: str
    other_id: str
    type: str
    is_reversed: bool


@dataclass
class TypeCounts:
    """Links of one type; `quoted` of those before and after have a sentence of both papers."""

    before: int = 0
    after: int = 0
    gained: int = 0
    lost: int = 0
    quoted_before: int = 0
    quoted_after: int = 0


@dataclass
class LinkComparison:
    papers: int = 0
    unchanged: int = 0
    types: dict[str, TypeCounts] = field(default_factory=dict)
    gained: list[Link] = field(default_factory=list)
    lost: list[Link] = field(default_factory=list)


def key_of(link: Link) -> LinkKey:
    return LinkKey(link.paper_id, link.other_id, link.type, link.is_reversed)


def compared(papers: Iterable[tuple[Sequence[Link], Sequence[Link]]]) -> LinkComparison:
    """From the links of each paper, those that stand and those that were found again."""
    comparison = LinkComparison()
    for before, after in papers:
        old, new = ({key_of(link): link for link in links} for links in (before, after))
        comparison.papers += 1
        comparison.unchanged += old.keys() == new.keys()
        comparison.gained += [link for key, link in new.items() if key not in old]
        comparison.lost += [link for key, link in old.items() if key not in new]
        for link in old.values():
            counts = comparison.types.setdefault(link.type, TypeCounts())
            counts.before += 1
            counts.lost += key_of(link) not in new
            counts.quoted_before += _is_quoted(link)
        for link in new.values():
            counts = comparison.types.setdefault(link.type, TypeCounts())
            counts.after += 1
            counts.gained += key_of(link) not in old
            counts.quoted_after += _is_quoted(link)
    return comparison


def report_of(
    comparison: LinkComparison,
    ratings: Mapping[str, str],
    failed: Mapping[str, str],
    left: int,
    calls: Sequence[Call],
) -> ReplayReport:
    """In words and figures. `ratings` are those of all papers; of links between two rated ones they say which agree."""
    lines = [
        f"Linked again: {papers_in_words(comparison.papers)}{f'; left: {papers_in_words(left)}' if left else ''}. "
        f"With the same links: {comparison.unchanged:,}."
    ]
    for name, counts in sorted(comparison.types.items()):
        lines.append(
            f"  {name}: {counts.before:,} before, {counts.after:,} after ({counts.gained:,} gained, {counts.lost:,} "
            f"lost); with a sentence of both papers: {_share(counts.quoted_before, counts.before)} before, "
            f"{_share(counts.quoted_after, counts.after)} after."
        )
    agreement = {name: _agreement(links, ratings) for name, links in _changed(comparison)}
    if any(sum(counts) for counts in agreement.values()):
        lines.append(
            "Of links between papers that you rated, "
            + "; ".join(
                f"{name}: {same:,} join two rated alike, {other:,} not" for name, (same, other) in agreement.items()
            )
            + "."
        )
    for name, links in _changed(comparison):
        if links:
            shown = ", ".join(f"{one.paper_id} {one.type} {one.other_id}" for one in _surest(links)[:_SHOWN])
            lines.append(f"{name.capitalize()}: {shown}{', ...' if len(links) > _SHOWN else ''}.")
    lines += [*calls_in_words(calls), *failures_in_words(failed, "Not linked again")]
    types: dict[str, JsonValue] = {name: dict(vars(counts)) for name, counts in comparison.types.items()}
    figures: dict[str, JsonValue] = {
        "papers": comparison.papers,
        "unchanged": comparison.unchanged,
        "left": left,
        "failed": dict(failed),
        "types": types,
        "rated_alike": {name: same for name, (same, _) in agreement.items()},
        "rated_otherwise": {name: other for name, (_, other) in agreement.items()},
        **figures_of_calls(calls),
    }
    return ReplayReport(lines=tuple(lines), figures=figures)


def _changed(comparison: LinkComparison) -> tuple[tuple[str, list[Link]], ...]:
    return ("gained", comparison.gained), ("lost", comparison.lost)


def _agreement(links: Iterable[Link], ratings: Mapping[str, str]) -> tuple[int, int]:
    """How many links join two papers that were rated alike, and how many join a liked and a disliked one."""
    pairs = [
        (ratings[one.paper_id], ratings[one.other_id])
        for one in links
        if {one.paper_id, one.other_id} <= ratings.keys()
    ]
    alike = sum(first == second for first, second in pairs)
    return alike, len(pairs) - alike


def _surest(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (-(link.score if link.confidence is None else link.confidence), key_of(link)))


def _is_quoted(link: Link) -> bool:
    return link.quote is not None and link.other_quote is not None


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "none"
