"""How summaries that were made again differ from those that stand. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pydantic import JsonValue

from shared.store.keeping.replays import ReplayReport
from shared.store.papers.summaries import FieldValue, Summary

_SHOWN = 12


@dataclass
class Side:
    """What summaries of one side come to together."""

    claims: int = 0
    weak: int = 0
    quotes: int = 0
    found: int = 0
    empty: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float = 0.0
    unpriced: int = 0

    def add(self, summary: Summary) -> None:
        checked, usage = summary.verification, summary.usage
        self.claims += checked.claims
        self.weak += checked.weak
        self.quotes += checked.quotes
        self.found += checked.found
        self.empty += sum(not value.claims for value in summary.fields)
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.cost += usage.cost or 0.0
        self.unpriced += usage.cost is None and usage.calls > 0


@dataclass
class Comparison:
    """Pairs of summaries: `fields` counts what became of each field by name and change."""

    papers: int = 0
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)
    fields: dict[str, Counter[str]] = field(default_factory=dict)


def compared(pairs: Iterable[tuple[Summary, Summary]]) -> Comparison:
    """Pairs of the standing summary of a paper and the one that was made again."""
    comparison = Comparison()
    for standing, again in pairs:
        comparison.papers += 1
        comparison.before.add(standing)
        comparison.after.add(again)
        for name, change in changes_of(standing.fields, again.fields).items():
            comparison.fields.setdefault(name, Counter())[change] += 1
    return comparison


def changes_of(before: Sequence[FieldValue], after: Sequence[FieldValue]) -> dict[str, str]:
    """What became of each field: same, changed, filled, emptied, added, removed."""
    old, new = ({value.name: value for value in side} for side in (before, after))
    return {name: _change(old.get(name), new.get(name)) for name in dict.fromkeys((*old, *new))}


def _change(old: FieldValue | None, new: FieldValue | None) -> str:
    if old is None or new is None:
        return "added" if old is None else "removed"
    if old.text == new.text:
        return "same"
    if not old.claims or not new.claims:
        return "filled" if new.claims else "emptied"
    return "changed"


def report_of(comparison: Comparison, failed: dict[str, str], left: int, seconds: float) -> ReplayReport:
    """In words and figures; `failed` says of papers why they could not be read again, `left` were not read yet."""
    before, after = comparison.before, comparison.after
    lines = [f"Summarised again: {_papers(comparison.papers)}{f'; left: {_papers(left)}' if left else ''}."]
    lines += [f"  {name}: {_counts(counts)}" for name, counts in comparison.fields.items()]
    lines += [
        f"Quotes found in the paper: {_share(before.found, before.quotes)} before, "
        f"{_share(after.found, after.quotes)} after.",
        f"Claims that do not follow from their quotes: {_share(before.weak, before.claims)} before, "
        f"{_share(after.weak, after.claims)} after.",
        f"Empty fields: {before.empty:,} before, {after.empty:,} after.",
        f"Tokens: {before.input_tokens:,} in and {before.output_tokens:,} out before, "
        f"{after.input_tokens:,} and {after.output_tokens:,} after.",
        f"Cost: {_cost(before)} before, {_cost(after)} after.",
        f"The calls took {seconds:,.0f} s.",
    ]
    if failed:
        shown = [f"{name} ({why.rstrip('.')})" for name, why in list(failed.items())[:_SHOWN]]
        lines.append(f"Not summarised again: {_papers(len(failed))}, {'; '.join(shown)}.")
    return ReplayReport(lines=tuple(lines), figures=_figures(comparison, failed, left, seconds))


def _figures(comparison: Comparison, failed: dict[str, str], left: int, seconds: float) -> dict[str, JsonValue]:
    fields: dict[str, JsonValue] = {name: dict(counts) for name, counts in comparison.fields.items()}
    return {
        "papers": comparison.papers,
        "left": left,
        "failed": dict(failed),
        "fields": fields,
        "before": dict(vars(comparison.before)),
        "after": dict(vars(comparison.after)),
        "seconds": round(seconds, 1),
    }


def _counts(counts: Counter[str]) -> str:
    return ", ".join(f"{count:,} {change}" for change, count in sorted(counts.items()))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%} of {whole:,}" if whole else "none of 0"


def _cost(side: Side) -> str:
    """What is known of it."""
    return f"{side.cost:.4f}{f' and {_papers(side.unpriced)} at an unknown price' if side.unpriced else ''}"


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"
