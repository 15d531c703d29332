"""Two versions of a paper compared, section by section and sentence by sentence. Pure.

What was moved, renumbered or set otherwise is not changed. Of the changes those that may change what one believes come
first: numbers, statements of theorems, tables, conclusions.
"""

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from services.summarizer.revisions.changed_numbers import changed_numbers
from services.summarizer.revisions.pairing import matching_sections, matching_units
from services.summarizer.revisions.units import Section, Unit, sections_of
from shared.store.papers.revisions import ChangeKind, SectionChange, SectionFate, TextChange

KINDS: tuple[ChangeKind, ...] = ("number", "theorem", "table", "conclusion", "reworded", "added", "removed")
"""From what is named first."""
_CONCLUDING = re.compile(r"\b(?:abstract|conclu\w*|summary|discussion|outlook|limitations?)\b")
_MOST_TEXT = 600
_MOST_TOLD = 40

_ByPlace = dict[int, list[Unit]]


def compare(before: str, after: str) -> tuple[SectionChange, ...]:
    """What changed from one Markdown to another, in the order of the newer text; removed sections come last.

    Sections in which nothing changed are left out, unless they were moved or renamed.
    """
    old, new = sections_of(before), sections_of(after)
    earlier = {to: at for at, to in matching_sections(old, new)}
    gone, come = _unmatched(old, new, earlier)
    changes = _changes(old, new, earlier, gone, come)
    moved = _moved(earlier)
    told = [
        _told(section, old[earlier[place]] if place in earlier else None, changes[place], is_moved=place in moved)
        for place, section in enumerate(new)
    ]
    lost = [place for place in range(len(old)) if place not in earlier.values() and gone[place]]
    removed = [_removed_section(old[place], gone[place]) for place in lost]
    return (*(section for section in told if section is not None), *removed)


def counts_of(sections: Iterable[SectionChange]) -> dict[str, int]:
    """How many changes there are of each kind, under the first kind of each; kinds without any are left out."""
    counted = Counter(change.kinds[0] for section in sections for change in section.changes)
    return {kind: counted[kind] for kind in KINDS if counted[kind]}


def _unmatched(old: Sequence[Section], new: Sequence[Section], earlier: Mapping[int, int]) -> tuple[_ByPlace, _ByPlace]:
    """The units of each section that do not stand, word by word, in the same section or elsewhere in the other text."""
    gone, come = _all_units(old), _all_units(new)
    for place, at in earlier.items():
        _cancel([gone[at]], [come[place]])
    _cancel(list(gone.values()), list(come.values()))
    return gone, come


def _all_units(sections: Sequence[Section]) -> _ByPlace:
    return {place: list(section.units) for place, section in enumerate(sections)}


def _cancel(gone: Sequence[list[Unit]], come: Sequence[list[Unit]]) -> None:
    """Take out what stands on both sides, as often as it does."""
    shared = _counted(gone) & _counted(come)
    for lists in (gone, come):
        left = Counter(shared)
        for units in lists:
            kept = []
            for unit in units:
                left[unit.tokens] -= 1
                if left[unit.tokens] < 0:
                    kept.append(unit)
            units[:] = kept


def _counted(lists: Sequence[list[Unit]]) -> Counter[tuple[str, ...]]:
    return Counter(unit.tokens for units in lists for unit in units)


def _changes(
    old: Sequence[Section], new: Sequence[Section], earlier: Mapping[int, int], gone: _ByPlace, come: _ByPlace
) -> dict[int, list[TextChange]]:
    """The changes in each section of the newer text, the most telling first; takes what is paired out of `gone`."""
    changes: dict[int, list[TextChange]] = defaultdict(list)
    for place, at in earlier.items():
        changes[place] += _paired(new[place], gone[at], come[place])
    elsewhere = [unit for units in gone.values() for unit in units]
    for place, section in enumerate(new):
        changes[place] += _paired(section, elsewhere, come[place])
    left = {id(unit) for unit in elsewhere}
    for units in gone.values():
        units[:] = [unit for unit in units if id(unit) in left]
    for place, section in enumerate(new):
        changes[place] += [_added(section, unit) for unit in come[place]]
        if place in earlier:
            changes[place] += [_removed(old[earlier[place]], unit) for unit in gone[earlier[place]]]
    for of_section in changes.values():
        of_section.sort(key=lambda change: (KINDS.index(change.kinds[0]), change.start is None, change.start))
    return changes


def _paired(section: Section, gone: list[Unit], come: list[Unit]) -> list[TextChange]:
    """Units that became others; they are taken out of both lists."""
    pairs = [(gone[at], come[to]) for at, to in matching_units(gone, come)]
    found = {id(unit) for pair in pairs for unit in pair}
    for units in (gone, come):
        units[:] = [unit for unit in units if id(unit) not in found]
    return [_changed(section, before, after) for before, after in pairs]


def _changed(section: Section, before: Unit, after: Unit) -> TextChange:
    numbers = changed_numbers(before.tokens, after.tokens)
    kinds = _kinds(section, after, ("number",) if numbers else ())
    return TextChange(
        kinds=kinds or ("reworded",),
        before=_short(before.text),
        after=_short(after.text),
        numbers=numbers,
        start=after.start,
        end=after.end,
    )


def _added(section: Section, unit: Unit) -> TextChange:
    kinds: tuple[ChangeKind, ...] = (*_kinds(section, unit), "added")
    return TextChange(kinds=kinds, after=_short(unit.text), start=unit.start, end=unit.end)


def _removed(section: Section, unit: Unit) -> TextChange:
    return TextChange(kinds=(*_kinds(section, unit), "removed"), before=_short(unit.text))


def _kinds(section: Section, unit: Unit, first: tuple[ChangeKind, ...] = ()) -> tuple[ChangeKind, ...]:
    found: list[ChangeKind] = list(first)
    if unit.kind != "text":
        found.append(unit.kind)
    if _CONCLUDING.search(section.key):
        found.append("conclusion")
    return tuple(found)


def _moved(earlier: Mapping[int, int]) -> set[int]:
    """Places of sections that do not follow the others as they did; as few as possible."""
    order = [earlier[place] for place in sorted(earlier)]
    matcher = difflib.SequenceMatcher(None, sorted(order), order, autojunk=False)
    stayed = {order[place] for block in matcher.get_matching_blocks() for place in range(block.b, block.b + block.size)}
    return {place for place, at in earlier.items() if at not in stayed}


def _told(
    section: Section, before: Section | None, changes: Sequence[TextChange], *, is_moved: bool
) -> SectionChange | None:
    fate = _fate(section, before, bool(changes), is_moved)
    if fate is None:
        return None
    return SectionChange(
        title=section.title,
        before_title=before.title if before else "",
        fate=fate,
        is_moved=is_moved,
        start=section.start,
        end=section.end,
        total=len(changes),
        changes=tuple(changes[:_MOST_TOLD]),
    )


def _fate(section: Section, before: Section | None, has_changes: bool, is_moved: bool) -> SectionFate | None:
    if before is None:
        return "added" if has_changes else None
    if has_changes:
        return "changed"
    if before.key != section.key:
        return "renamed"
    return "moved" if is_moved else None


def _removed_section(section: Section, units: Sequence[Unit]) -> SectionChange:
    changes = tuple(_removed(section, unit) for unit in units[:_MOST_TOLD])
    return SectionChange(
        title=section.title, before_title=section.title, fate="removed", total=len(units), changes=changes
    )


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_TEXT else f"{line[: _MOST_TEXT - 1]}…"
