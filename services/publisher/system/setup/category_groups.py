"""arXiv's categories as the Setup page lists them: by group and archive, with their names."""

from dataclasses import dataclass
from functools import cache

from shared.categories import ARCHIVES, GROUPS, SUBJECTS, name_of


@dataclass(frozen=True)
class CategoryGroup:
    """A group of arXiv, with its categories in the order of their names: code and name."""

    name: str
    categories: tuple[tuple[str, str], ...]

    def chosen(self, codes: tuple[str, ...]) -> int:
        """How many of its categories are among these."""
        return sum(code in codes for code, _ in self.categories)


@cache
def category_groups() -> tuple[CategoryGroup, ...]:
    """All there are; computer science first, because most of what is announced is there, then by name."""
    names = sorted(GROUPS, key=lambda group: (group != "cs", GROUPS[group]))
    return tuple(CategoryGroup(GROUPS[group], _categories_of(group)) for group in names)


def _categories_of(group: str) -> tuple[tuple[str, str], ...]:
    archives = [archive for archive, (parent, _) in ARCHIVES.items() if parent == group]
    codes = [code for archive in archives for code in (archive, *_subjects_of(archive))]
    return tuple((code, _shown_name(code)) for code in codes)


def _subjects_of(archive: str) -> list[str]:
    codes = [code for code in SUBJECTS if code.partition(".")[0] == archive]
    return sorted(codes, key=name_of)


def _shown_name(code: str) -> str:
    """An archive with subjects is all of them."""
    return f"All of {name_of(code)}" if code in ARCHIVES and _subjects_of(code) else name_of(code)
