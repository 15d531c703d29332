"""What a new version of a paper changed, in words for pages, feeds and the command line."""

from collections.abc import Mapping, Sequence

from shared.store.papers.revisions import AnchoredQuote, Revision, SectionChange, TextChange

_NAMES: Mapping[str, tuple[str, str]] = {
    "number": ("changed number", "changed numbers"),
    "theorem": ("changed theorem", "changed theorems"),
    "table": ("changed table row", "changed table rows"),
    "conclusion": ("change in the abstract or conclusions", "changes in the abstract or conclusions"),
    "reworded": ("reworded sentence", "reworded sentences"),
    "added": ("new sentence", "new sentences"),
    "removed": ("removed sentence", "removed sentences"),
}
_SECTION = {
    "changed": "changed",
    "added": "new section",
    "removed": "section removed",
    "moved": "moved, not changed",
    "renamed": "renamed, not changed",
}


def headline(revision: Revision) -> str:
    """One sentence on the last thing that happened to a paper; empty where nothing did."""
    if revision.withdrawn_at is not None:
        return "Withdrawn by its authors."
    if revision.to_version is None:
        return revision.problem
    versions = f"v{revision.to_version} (after v{revision.from_version})"
    if revision.problem:
        return f"{versions}: {revision.problem}"
    changes = counted(revision.counts)
    if not changes:
        return f"{versions}: nothing that it says has changed."
    return f"{versions}: {changes}."


def counted(counts: Mapping[str, int]) -> str:
    """`3 changed numbers, 1 changed theorem and 4 reworded sentences`, from what matters most."""
    parts = [f"{counts[kind]} {_NAMES[kind][counts[kind] > 1]}" for kind in _NAMES if counts.get(kind)]
    return listed(parts)


def quotes_line(quotes: Sequence[AnchoredQuote]) -> str:
    """How many quotes of a summary still stand; empty where none is gone."""
    gone = sum(quote.fate == "gone" for quote in quotes)
    if not gone:
        return ""
    claims = len({(quote.field, quote.claim) for quote in quotes if quote.fate == "gone"})
    verb, needs = ("is" if gone == 1 else "are"), "claim needs" if claims == 1 else "claims need"
    return f"{gone} of {len(quotes)} quotes {verb} gone: {claims} {needs} a look"


def numbers_line(change: TextChange) -> str:
    """`93.2 became 91.8; 4 came in`; empty where no number changed."""
    said = [
        f"{number.before} became {number.after}"
        if number.before and number.after
        else f"{number.after} came in"
        if number.after
        else f"{number.before} went"
        for number in change.numbers
    ]
    return "; ".join(said)


def section_line(section: SectionChange) -> str:
    """What became of a section, in a few words."""
    words = _SECTION[section.fate]
    if section.fate == "changed" and section.is_moved:
        words = "moved and changed"
    renamed = section.before_title and section.before_title != section.title and section.fate != "removed"
    return f"{words}; before: {section.before_title}" if renamed else words


def listed(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""
