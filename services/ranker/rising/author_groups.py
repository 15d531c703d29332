"""Which papers come from the same people: groups of papers joined by a shared author, directly or by others. Pure."""

from collections.abc import Sequence

_MOST_AUTHORS = 200
"""Of a collaboration's thousands, the first are enough to tell it."""


def author_key(name: str) -> str:
    """The same for two spellings of a name that differ in case or spaces. Namesakes count as one: never too many."""
    return " ".join(name.casefold().split())


def author_groups(papers: Sequence[Sequence[str]]) -> list[int]:
    """A number for the group of each paper, given the keys of its authors; a paper without authors is a group."""
    parents = list(range(len(papers)))
    first_of: dict[str, int] = {}

    def root(row: int) -> int:
        while parents[row] != row:
            parents[row] = parents[parents[row]]
            row = parents[row]
        return row

    for row, authors in enumerate(papers):
        for author in authors[:_MOST_AUTHORS]:
            parents[root(row)] = root(first_of.setdefault(author, row))
    return [root(row) for row in range(len(papers))]
