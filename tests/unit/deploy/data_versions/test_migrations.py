"""The migrations there are."""

from deploy.data_versions.migrations import MIGRATIONS
from shared.store.keeping.folder_version import LAYOUT


def test_there_is_one_for_each_layout_in_order() -> None:
    assert [migration.layout for migration in MIGRATIONS] == list(range(1, LAYOUT + 1))
