"""How much room a migration needs."""

from deploy.migrating.disk_space import Estimate
from deploy.migrating.tables.table_schema import TableSchema, VectorColumn


def test_a_table_needs_room_for_its_vectors_unless_it_was_begun_before() -> None:
    schema = TableSchema(1_000, {}, (VectorColumn("jasper_v1", "jasper_v1", 8, "list"),), bytes_of_text=100)
    assert Estimate().with_table(schema).stays == 1_000 * 8 * 4 + 130
    assert Estimate().with_table(schema, is_begun=True).stays == 130


def test_what_passes_counts_by_the_largest_file() -> None:
    assert Estimate().with_file(10).with_file(30).with_file(20).bytes == 60 + 30


def test_sorting_a_column_takes_its_room_once_more() -> None:
    columns = (VectorColumn("a", "a", 8, "list"), VectorColumn("b", "b", 16, "list"))
    schema = TableSchema(1_000, {}, columns, bytes_of_text=100)
    assert Estimate().with_table(schema).passing == 1_000 * 16 * 4
