"""Requests about a list: what is on it then, and what is refused."""

from datetime import timedelta
from pathlib import Path

import pytest

from shared.contracts import AddPapers, RemovePapers, UpdatePapers
from shared.store.people.signals import Signal
from tests.support.papers.reading_lists import NOON, ListWorld


@pytest.fixture
def world(tmp_path: Path) -> ListWorld:
    return ListWorld(tmp_path / "data")


def test_papers_are_listed_once_and_others_of_the_batch_are_refused_by_name(world: ListWorld) -> None:
    reply = world.listing.add(
        AddPapers(paper_ids=("2611.00001v2", "2611.00001", "local:0123456789abcdef"), versions={"2611.00001": 2})
    )
    assert [(paper.paper_id, paper.wanted_version, paper.state) for paper in reply.papers] == [
        ("2611.00001", 2, "waiting")
    ]
    assert "add the file itself" in reply.refused["local:0123456789abcdef"]


def test_an_own_file_is_kept_and_listed_by_its_hash(world: ListWorld, tmp_path: Path) -> None:
    path = tmp_path / "my notes.tex"
    path.write_text("\\documentclass{article}")
    (listed,) = world.listing.add(AddPapers(local_path=str(path), title="Notes")).papers
    assert (listed.title, listed.file_name) == ("Notes", "my notes.tex")
    path.unlink()
    assert world.store.file_of(listed.paper_id) is not None
    refused = world.listing.update(UpdatePapers(paper_ids=(listed.paper_id,))).refused
    assert "add the new file" in refused[listed.paper_id]
    world.listing.remove(RemovePapers(paper_ids=(listed.paper_id,)))
    assert world.store.file_of(listed.paper_id) is None


def test_a_path_that_is_not_whole_or_is_no_paper_is_refused(world: ListWorld, tmp_path: Path) -> None:
    assert "whole path" in world.listing.add(AddPapers(local_path="paper.pdf")).refused["paper.pdf"]
    (tmp_path / "passwords").write_text("hunter2")
    reply = world.listing.add(AddPapers(local_path=str(tmp_path / "passwords")))
    assert not reply.papers
    assert "neither a PDF" in reply.refused[str(tmp_path / "passwords")]


def test_lists_of_two_users_do_not_touch(world: ListWorld) -> None:
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    world.listing.add(AddPapers(paper_ids=("2611.00001",), user="ada"))
    assert world.listing.remove(RemovePapers(paper_ids=("2611.00001",))).papers[0].user == "me"
    assert [paper.user for paper in world.store.everybody()] == ["ada"]
    assert "not on the list" in world.listing.remove(RemovePapers(paper_ids=("2611.00001",))).refused["2611.00001"]


def test_a_saved_paper_that_is_removed_stays_off(world: ListWorld) -> None:
    world.signals.append([Signal("e1", "me", "2611.00001", "save", "reader", NOON - timedelta(hours=1))])
    world.listing.add(AddPapers(paper_ids=("2611.00001",)))
    world.listing.remove(RemovePapers(paper_ids=("2611.00001",)))
    assert world.store.of_user("me") == []
    assert world.store.records("me")[0].is_removed


def test_a_file_of_somebody_else_is_as_if_it_were_not_here(world: ListWorld, tmp_path: Path) -> None:
    path = tmp_path / "draft.tex"
    path.write_text("\\documentclass{article}")
    (hers,) = world.listing.add(AddPapers(local_path=str(path), user="ada")).papers
    reply = world.listing.add(AddPapers(paper_ids=(hers.paper_id,)))
    assert reply.papers == ()
    assert reply.refused[hers.paper_id] == f"The file of {hers.paper_id} is not here; add the file itself."
    assert world.listing.add(AddPapers(paper_ids=(hers.paper_id,), user="ada")).papers[0].user == "ada"
