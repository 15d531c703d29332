"""What a column or field of the source means: by its name, or as `--map COLUMN=MEANING` says."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from shared.errors import PapersysError

PAPER_FIELDS = (
    "id", "title", "authors", "abstract", "date", "categories", "created", "updated", "license", "doi", "comment",
    "journal_ref", "primary_category", "version",
)  # fmt: skip
"""What a table may say of a paper."""
OTHER_NAMES: Mapping[str, str] = {
    "paperid": "id", "arxivid": "id", "author": "authors", "category": "categories", "licence": "license",
    "comments": "comment", "journalref": "journal_ref", "primarycategory": "primary_category",
}  # fmt: skip
"""Other names, as `plain_name` writes them; the report shows each that was taken so."""
IGNORED = "ignore"
_VECTOR, _FIELD = "vector:", "field:"
_ALIAS = re.compile(r"[a-z0-9][a-z0-9_.-]*")
_FIELD_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class ColumnMap:
    """Meanings that the user gave, by column. A meaning is one of PAPER_FIELDS, `vector:ALIAS`, `field:NAME` (of a
    summary) or `ignore`."""

    given: Mapping[str, str] = field(default_factory=dict)

    def meaning(self, column: str) -> str | None:
        """What a column means by what the user said, or by its name; None where neither says."""
        if column in self.given:
            return self.given[column]
        plain = plain_name(column)
        return next((each for each in PAPER_FIELDS if plain_name(each) == plain), OTHER_NAMES.get(plain))

    def alias(self, column: str) -> str:
        """The alias under which the vectors of a column are stored. Raises PapersysError."""
        meaning = self.given.get(column, "")
        return meaning.removeprefix(_VECTOR) if meaning.startswith(_VECTOR) else alias_of(column)

    def is_vector(self, column: str) -> bool:
        return self.given.get(column, "").startswith(_VECTOR)

    def summary_field(self, name: str) -> str | None:
        """The field of a summary that the user named for a field of the source."""
        meaning = self.given.get(name, "")
        return meaning.removeprefix(_FIELD) if meaning.startswith(_FIELD) else None

    def unknown(self, columns: Iterable[str]) -> list[str]:
        """Names that the user mapped and that are no columns."""
        return sorted(set(self.given) - set(columns))


def read_column_map(texts: Iterable[str]) -> ColumnMap:
    """The map of `COLUMN=MEANING` texts. Raises PapersysError that says what is wrong."""
    given: dict[str, str] = {}
    for text in texts:
        column, sign, meaning = text.partition("=")
        if not sign or not column or not _is_meaning(meaning):
            raise PapersysError(
                f"--map {text}: write COLUMN=MEANING, where MEANING is {', '.join(PAPER_FIELDS)}, vector:ALIAS "
                "(ALIAS of a-z, 0-9, _ . -), field:NAME (a field of summaries) or ignore."
            )
        if given.setdefault(column, meaning) != meaning:
            raise PapersysError(f"--map gives {column} two meanings, {given[column]} and {meaning}; choose one.")
    return ColumnMap(given)


def alias_of(column: str) -> str:
    """A column's name as the alias of a model. Raises PapersysError where it makes none."""
    alias = re.sub(r"[^a-z0-9_.-]+", "-", column.casefold()).strip("-._")
    if not _ALIAS.fullmatch(alias):
        raise PapersysError(f"The vectors of column {column!r} need a name: --map '{column}=vector:ALIAS'.")
    return alias


def plain_name(name: str) -> str:
    """`Journal-Ref`, `journal_ref` and `journalRef` are one name."""
    return re.sub(r"[\W_]", "", name).casefold()


def _is_meaning(text: str) -> bool:
    if text.startswith(_VECTOR):
        return _ALIAS.fullmatch(text.removeprefix(_VECTOR)) is not None
    if text.startswith(_FIELD):
        return _FIELD_NAME.fullmatch(text.removeprefix(_FIELD)) is not None
    return text in (*PAPER_FIELDS, IGNORED)
