"""How much room a migration needs, and whether there is so much."""

from dataclasses import dataclass, replace

from deploy.migrating.tables.table_schema import TableSchema
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder

_FLOAT_BYTES = 4
_TEXT_FACTOR = 1.3
"""Rows of CSV against the columns of a table: quotes, and lists as JSON."""


@dataclass(frozen=True)
class Estimate:
    """Bytes that stay, and those that the largest file needs besides: its text while it is taken, or a column of its
    vectors while these are sorted.
    """

    stays: int = 0
    passing: int = 0

    def with_table(self, schema: TableSchema, *, is_begun: bool = False) -> "Estimate":
        """Of a table that was begun before, vectors may be there already: room for them was made then."""
        columns = [schema.rows * column.dimension * _FLOAT_BYTES for column in schema.vectors]
        text = round(schema.bytes_of_text * _TEXT_FACTOR)
        stays = self.stays + (0 if is_begun else sum(columns)) + text
        return Estimate(stays, max(self.passing, text, *columns))

    def with_file(self, size: int) -> "Estimate":
        """A file that is fetched, taken and removed, or whose content is stored as it is."""
        return replace(self, stays=self.stays + size, passing=max(self.passing, size))

    @property
    def bytes(self) -> int:
        return self.stays + self.passing


def check_space(data: DataFolder, estimate: Estimate) -> None:
    """Raises PapersysError that says how much is needed and how much there is."""
    try:
        data.check_space(estimate.bytes)
    except TemporaryFailure as error:
        raise PapersysError(f"This migration needs about {estimate.bytes / 1024**3:.1f} GB. {error}") from error
