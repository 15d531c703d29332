"""The manifest names what exists, and comes back as it was written."""

from pathlib import Path

import pytest

from shared.errors import PapersysError
from shared.store.vectors.manifest import Manifest, Recipe, VectorFile, read_manifest

RECIPE = Recipe("a-model", "1", 384, 256)
YEAR, PART, OTHER = (
    VectorFile("2024.parquet", 10, 0, "aa"),
    VectorFile("2024.part-2.parquet", 3, 1, "bb"),
    VectorFile("2023.parquet", 5, 0, "cc"),
)


def test_what_is_written_is_read_sorted_by_year_and_as_it_was_within_a_year(tmp_path: Path) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(Manifest("m", RECIPE, (YEAR, PART, OTHER)).to_json())
    assert read_manifest(path) == Manifest("m", RECIPE, (OTHER, YEAR, PART))
    assert len([line for line in path.read_text().splitlines() if "sha256" in line]) == 3


def test_a_paper_in_two_files_is_counted_once() -> None:
    manifest = Manifest("m", RECIPE, (YEAR, PART, OTHER))
    assert manifest.count == 17
    assert manifest.years == [2023, 2024]
    assert (YEAR.part, PART.part, PART.year, PART.is_part) == (0, 2, 2024, True)


def test_the_files_of_a_year_are_replaced_together() -> None:
    manifest = Manifest("m", RECIPE, (YEAR, PART, OTHER)).with_year(2024, YEAR)
    assert manifest.of_year(2024) == (YEAR,)
    assert manifest.of_year(2023) == (OTHER,)


def test_recipes_differ_by_what_decides_the_vectors() -> None:
    assert RECIPE.difference(RECIPE) == ""
    assert RECIPE.difference(Recipe("a-model", "1", 768, 256)) == "dimension 384 / 768"


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", '{"format": 2}', '{"format": 1, "alias": "m", "files": [{"a": 1}]}']
)
def test_a_manifest_that_cannot_be_read_is_one_clear_error(tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(PapersysError, match="cannot be read"):
        read_manifest(tmp_path / "manifest.json")


def test_no_manifest_is_none(tmp_path: Path) -> None:
    assert read_manifest(tmp_path / "manifest.json") is None
