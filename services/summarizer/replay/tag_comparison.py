"""How tags that were given again differ from those that stand. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pydantic import JsonValue

from shared.store.keeping.replays import ReplayReport
from shared.store.models.ledger import Call

_SHOWN_TAGS, _SHOWN_PAPERS = 12, 6


class TagsOfPaper(NamedTuple):
    """The canonical tags that a paper is shown with, by slug, before and after."""

    paper_id: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass
class TagComparison:
    """`gained` and `lost` count papers by tag, `before` and `after` the papers of each tag."""

    papers: int = 0
    changed: list[TagsOfPaper] = field(default_factory=list)
    before: Counter[str] = field(default_factory=Counter)
    after: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    without_before: int = 0
    without_after: int = 0


def compared(papers: Iterable[TagsOfPaper]) -> TagComparison:
    comparison = TagComparison()
    for one in papers:
        comparison.papers += 1
        comparison.before.update(one.before)
        comparison.after.update(one.after)
        comparison.gained.update(set(one.after) - set(one.before))
        comparison.lost.update(set(one.before) - set(one.after))
        comparison.without_before += not one.before
        comparison.without_after += not one.after
        if set(one.before) != set(one.after):
            comparison.changed.append(one)
    return comparison


def report_of(
    comparison: TagComparison,
    labels: Mapping[str, str],
    failed: Mapping[str, str],
    left: int,
    calls: Sequence[Call],
) -> ReplayReport:
    """In words and figures; `labels` of tags by slug, `failed` says of papers why they have no new tags."""
    same = comparison.papers - len(comparison.changed)
    lines = [
        f"Tagged again: {papers_in_words(comparison.papers)}{f'; left: {papers_in_words(left)}' if left else ''}. "
        f"The same tags: {same:,}, other tags: {len(comparison.changed):,}.",
        f"Tags a paper: {_mean(comparison.before, comparison.papers)} before, "
        f"{_mean(comparison.after, comparison.papers)} after; without any: {comparison.without_before:,} before, "
        f"{comparison.without_after:,} after.",
        f"Different tags: {len(comparison.before):,} before, {len(comparison.after):,} after; with one paper only: "
        f"{_singles(comparison.before):,} before, {_singles(comparison.after):,} after.",
    ]
    if comparison.gained:
        lines.append(f"Gained, with papers: {_listed(comparison.gained, labels)}.")
    if comparison.lost:
        lines.append(f"Lost, with papers: {_listed(comparison.lost, labels)}.")
    lines += [f"  {_changes(one, labels)}" for one in comparison.changed[:_SHOWN_PAPERS]]
    if len(comparison.changed) > _SHOWN_PAPERS:
        lines.append(f"  and {papers_in_words(len(comparison.changed) - _SHOWN_PAPERS)} more.")
    lines += [*calls_in_words(calls), *failures_in_words(failed, "Not tagged again")]
    figures: dict[str, JsonValue] = {
        "papers": comparison.papers,
        "left": left,
        "failed": dict(failed),
        "changed": [one.paper_id for one in comparison.changed],
        "tags_before": sum(comparison.before.values()),
        "tags_after": sum(comparison.after.values()),
        "without_before": comparison.without_before,
        "without_after": comparison.without_after,
        "gained": dict(comparison.gained),
        "lost": dict(comparison.lost),
        **figures_of_calls(calls),
    }
    return ReplayReport(lines=tuple(lines), figures=figures)


def calls_in_words(calls: Sequence[Call]) -> list[str]:
    """What the calls of a replay came to; nothing where there were none."""
    if not calls:
        return []
    tokens = sum(call.input_tokens for call in calls), sum(call.output_tokens for call in calls)
    unknown = sum(call.cost is None for call in calls)
    cost = (
        f"{sum(call.cost or 0.0 for call in calls):.4f}{f', {unknown:,} calls at an unknown price' if unknown else ''}"
    )
    seconds = sum(call.seconds for call in calls)
    return [
        f"Calls to the model: {len(calls):,}, {tokens[0]:,} tokens in and {tokens[1]:,} out; cost {cost}; "
        f"{seconds:,.0f} s."
    ]


def figures_of_calls(calls: Sequence[Call]) -> dict[str, JsonValue]:
    return {
        "calls": len(calls),
        "input_tokens": sum(call.input_tokens for call in calls),
        "output_tokens": sum(call.output_tokens for call in calls),
        "cost": sum(call.cost or 0.0 for call in calls),
        "seconds": round(sum(call.seconds for call in calls), 1),
    }


def failures_in_words(failed: Mapping[str, str], what: str) -> list[str]:
    if not failed:
        return []
    shown = [f"{paper_id} ({why.rstrip('.')})" for paper_id, why in list(failed.items())[:_SHOWN_TAGS]]
    return [f"{what}: {papers_in_words(len(failed))}, {'; '.join(shown)}."]


def papers_in_words(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"


def _listed(counts: Counter[str], labels: Mapping[str, str]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{labels.get(slug, slug)} {count:,}" for slug, count in ordered[:_SHOWN_TAGS])
    return shown + (f", and {len(ordered) - _SHOWN_TAGS:,} others" if len(ordered) > _SHOWN_TAGS else "")


def _changes(one: TagsOfPaper, labels: Mapping[str, str]) -> str:
    gained = [f"+ {labels.get(slug, slug)}" for slug in one.after if slug not in one.before]
    lost = [f"- {labels.get(slug, slug)}" for slug in one.before if slug not in one.after]
    return f"{one.paper_id}: {', '.join([*gained, *lost])}"


def _singles(counts: Counter[str]) -> int:
    return sum(count == 1 for count in counts.values())


def _mean(counts: Counter[str], papers: int) -> str:
    return f"{sum(counts.values()) / papers:.1f}" if papers else "0"
