"""Merging a bundle: nothing is lost, twice is once, and what is told differently is reported."""

import contextlib
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from deploy.bundles.importing import has_changes
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from shared.store.people.preferences import RatingStore
from shared.store.people.users import UserStore
from tests.support.folders.bundles import contents, export, merge, rewritten
from tests.support.folders.seed import OLD


def files_of(data: DataFolder) -> dict[str, bytes]:
    paths = (path for path in data.root.rglob("*") if path.is_file() and "locks" not in path.parts)
    return {str(path.relative_to(data.root)): path.read_bytes() for path in sorted(paths)}


def test_the_same_bundle_again_changes_no_byte(whole: Path, empty: DataFolder) -> None:
    first = merge(whole, empty)
    before = files_of(empty)
    again = merge(whole, empty)
    assert files_of(empty) == before
    assert not has_changes(again.values())
    assert [tally.same for tally in again.values()] == [tally.new for tally in first.values()]
    assert all(tally.same for tally in again.values())


def test_a_bundle_of_the_folder_itself_says_nothing_new(whole: Path, data: DataFolder) -> None:
    before = files_of(data)
    assert not has_changes(merge(whole, data).values())
    assert files_of(data) == before


def test_a_dry_run_counts_the_same_and_writes_nothing(whole: Path, empty: DataFolder) -> None:
    planned = merge(whole, empty, dry_run=True)
    assert not empty.root.exists()
    assert planned == merge(whole, empty)


def test_a_bundle_of_one_person_can_become_anothers(everything: DataFolder, empty: DataFolder, tmp_path: Path) -> None:
    export(everything, tmp_path / "anna.zip", "anna")
    UserStore(empty).add("bert")
    for _ in range(2):
        merge(tmp_path / "anna.zip", empty, "bert")
    assert list(RatingStore(empty).current("bert")) == [OLD]
    assert RatingStore(empty).current("anna") == {}
    merge(tmp_path / "anna.zip", empty, "me")
    assert list(RatingStore(empty).current("me")) == [OLD]


def test_who_is_not_known_here_is_asked_for(
    everything: DataFolder, whole: Path, empty: DataFolder, tmp_path: Path
) -> None:
    export(everything, tmp_path / "anna.zip", "anna")
    with pytest.raises(PapersysError, match=r"no user 'anna'.*users add"):
        merge(tmp_path / "anna.zip", empty)
    with pytest.raises(PapersysError, match="of everybody"):
        merge(whole, empty, "me")


def test_a_kind_of_data_that_is_not_known_is_refused_and_the_rest_merged(
    whole: Path, empty: DataFolder, tmp_path: Path
) -> None:
    def rename(resource: dict[str, Any]) -> None:
        resource["papersys:dataset"] = resource["papersys:dataset"].replace("signals", "omens")

    tallies = merge(rewritten(whole, tmp_path / "odd.zip", {}, rename), empty)
    assert tallies["omens"].problems == ["signals.csv is of a kind that this papersys does not know"]
    assert tallies["notes"].new == 2


def test_an_import_that_was_killed_goes_on(whole: Path, empty: DataFolder, tmp_path: Path) -> None:
    killed_at = 0

    class Killed(BaseException):
        pass

    def dying(number: int) -> Callable[..., None]:
        writings = itertools.count()

        def fsync(descriptor: int) -> None:
            if next(writings) == number:
                raise Killed

        return fsync

    for number in range(0, 40, 7):
        with mock.patch("os.fsync", dying(number)), contextlib.suppress(Killed):
            merge(whole, empty)
            break
        killed_at = number
    assert killed_at
    merge(whole, empty)
    export(empty, tmp_path / "again.zip")
    assert contents(tmp_path / "again.zip") == contents(whole)
