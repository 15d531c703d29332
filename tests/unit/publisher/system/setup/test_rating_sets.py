"""Who rates papers keeps the set that they saw."""

from pathlib import Path

import pytest

from services.publisher.system.setup.rating_sets import RatingSets
from services.publisher.system.setup.spread_papers import COUNT, SpreadPapers
from shared.errors import TemporaryFailure
from shared.store.files.data_folder import DataFolder
from tests.support.papers.summarizer import write_random_vectors


def opened(data: DataFolder) -> RatingSets:
    return RatingSets(data, SpreadPapers(data, "minilm"))


def test_a_set_stays_while_vectors_come_in_and_over_a_restart_until_others_are_wanted(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    write_random_vectors(data, 1, 60)
    sets = opened(data)
    shown = sets.of("me", ())
    assert len(set(shown)) == COUNT
    write_random_vectors(data, 100, 60)
    assert sets.of("me", shown[:7]) == opened(data).of("me", shown[:7]) == shown
    others = sets.renew("me", shown[:7])
    assert others.is_new
    assert not set(others.paper_ids) & set(shown)
    assert opened(data).of("me", ()) == others.paper_ids
    assert not set(sets.renew("me", ()).paper_ids) & {*shown, *others.paper_ids}


def test_a_set_that_has_too_few_papers_grows_below(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    sets = opened(data)
    assert sets.of("me", ()) == []
    assert sets.renew("me", ()) == ([], False)
    write_random_vectors(data, 1, 7)
    first = sets.of("me", ())
    assert len(first) == 7
    assert sets.renew("me", ()) == (first, False)
    write_random_vectors(data, 50, 30)
    grown = sets.of("me", first)
    assert (grown[:7], len(set(grown))) == (first, COUNT)


def test_everybody_has_a_set_and_rated_papers_are_in_none_that_is_new(tmp_path: Path) -> None:
    data = DataFolder(tmp_path, 0)
    write_random_vectors(data, 1, 45)
    sets = opened(data)
    mine = sets.of("me", ())
    annas = sets.of("anna", mine)
    assert not set(annas) & set(mine)
    assert sets.of("me", ()) == mine


@pytest.mark.parametrize("content", ["{", '{"users": {"me": 5}}', "\x00"])
def test_a_damaged_file_gives_a_new_set(tmp_path: Path, content: str) -> None:
    data = DataFolder(tmp_path, 0)
    write_random_vectors(data, 1, 30)
    opened(data).of("me", ())
    data.path("state", "publisher", "rating_sets.json").write_text(content)
    assert len(opened(data).of("me", ())) == COUNT


def test_a_full_disk_hides_no_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = DataFolder(tmp_path, 0)
    write_random_vectors(data, 1, 30)

    def is_full(size: int = 0) -> None:
        raise TemporaryFailure("full")

    monkeypatch.setattr(data, "check_space", is_full)
    assert len(opened(data).of("me", ())) == COUNT
