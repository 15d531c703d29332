"""Which papers the metadata have, also while more are harvested."""

from pathlib import Path

import pytest

from deploy.verifying.known_papers import is_paper_id
from shared.store.papers.metadata import MetadataStore, Paper
from tests.support.folders.sound_folder import IDS, NOON, premises_of, sound_folder


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2611.00101", True), ("hep-th/9901001", True), ("2611.0010", False), ("2611.00101v2", False), ("", False)],
)
def test_an_id_is_one_as_it_is_stored(text: str, expected: bool) -> None:
    assert is_paper_id(text) is expected


def test_the_ids_of_a_month_are_known_as_its_file_is_now(tmp_path: Path) -> None:
    data = sound_folder(tmp_path)
    papers = premises_of(data).papers
    assert papers.missing([*IDS, "2611.00777", "2611.7", "hep-th/9901002"]) == [
        "2611.00777",
        "2611.7",
        "hep-th/9901002",
    ]
    MetadataStore(data).put([Paper("2611.00777", 1, "New", "", (), ("cs.LG",), "cs.LG", NOON, NOON)])
    assert papers.missing(["2611.00777"]) == []
