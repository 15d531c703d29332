"""A data folder that an earlier papersys wrote: the whole system opens it as it is, goes on with it and loses nothing.

The folder in `tests/fixtures` was written by the first complete version (commit a71b372) in a day of the demo: a
harvest, ten picks with summaries, four likes, two dislikes, one rating taken back, two dead letters. What it holds is
read here with plain csv, json and pyarrow, so that the code under test is compared with the files, not with itself.
"""

import csv
import json
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.support.checks.waiting import eventually_sync
from tests.support.processes.system import WHOLE_TEXTS, System

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.slow]

ARCHIVE = Path(__file__).parents[2] / "fixtures" / "data-folder-2026-11-21.tar.xz"


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder as it was written."""
    folder = tmp_path_factory.mktemp("untouched")
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(scope="module")
def old_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """Today's system on a copy of it."""
    system = System(tmp_path_factory.mktemp("old"), **WHOLE_TEXTS)
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(system.data, filter="data")
    try:
        system.start()
        yield system
    finally:
        system.end()


def rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    found = []
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as lines:
            found += list(csv.DictReader(lines))
    return found


def picked(folder: Path) -> set[str]:
    [path] = (folder / "selections" / "2026-11-06").glob("*.parquet")
    table = pq.read_table(path).to_pylist()
    fate = "fate" if "fate" in table[0] else "outcome"
    return {row["paper_id"] for row in table if row[fate] == "picked"}


def summarised(folder: Path) -> set[str]:
    lines = [line for path in (folder / "summaries").glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    return {json.loads(line)["paper_id"] for line in lines}


def test_every_paper_is_known_with_the_same_title_and_version(old_system: System, untouched: Path) -> None:
    before = {row["paper_id"]: (row["title"], row["version"]) for row in rows(untouched, "metadata/*.csv")}
    after = {row["paper_id"]: (row["title"], row["version"]) for row in rows(old_system.data, "metadata/*.csv")}
    assert len(before) == 128
    assert before.items() <= after.items()


def test_the_picks_of_the_old_day_stand_on_the_page_with_their_summaries(old_system: System, untouched: Path) -> None:
    old = picked(untouched)
    assert len(old) == 10
    assert picked(old_system.data) >= old
    assert summarised(old_system.data) >= summarised(untouched) == old
    page = old_system.get("/").text
    assert all(paper_id in page for paper_id in old)
    for paper_id in old:
        assert old_system.get(f"/paper/{paper_id}").status_code == 200


def test_no_rating_is_lost_and_each_counts_as_it_did(old_system: System, untouched: Path) -> None:
    before = rows(untouched, "preferences/events-*.csv")
    assert len(before) == 8
    kept = {row["event_id"] for row in rows(old_system.data, "preferences/events-*.csv")}
    assert {row["event_id"] for row in before} <= kept
    status = json.loads(old_system.command("status", "--json").stdout)
    assert sum(count for name, count in status["counts"].items() if name in ("ratings", "ratings")) >= 8
    liked = next(row["paper_id"] for row in before if row["label"] == "like")
    why = old_system.command("why", liked)
    assert why.returncode == 0
    assert "2026-11-06 picked" in why.stdout


def test_vectors_verify_and_search_finds_the_old_papers(old_system: System) -> None:
    verified = old_system.command("verify", "embeddings")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    found = old_system.command("search", "tokeniser that adapts to the document", "--json")
    assert found.returncode == 0, found.stderr
    assert "2610.20104" in found.stdout


def test_an_old_pick_can_be_rated_and_read_again(old_system: System, untouched: Path) -> None:
    paper_id = sorted(picked(untouched))[-1]
    made_before = {line["paper_id"]: line["made_by"]["event_id"] for line in _summaries(untouched)}
    assert old_system.command("like", paper_id).returncode == 0
    assert old_system.command("reprocess", paper_id).returncode == 0
    eventually_sync(
        lambda: (
            {line["paper_id"]: line["made_by"]["event_id"] for line in _summaries(old_system.data)}[paper_id]
            != made_before[paper_id]
        ),
        60,
        "the paper was summarised again",
    )
    eventually_sync(
        lambda: (
            ("like", paper_id)
            in {(row["label"], row["paper_id"]) for row in rows(old_system.data, "preferences/events-*.csv")}
        ),
        30,
        "the like was stored",
    )


def test_tags_of_then_lead_to_their_papers_and_those_of_categories_to_the_category(
    old_system: System, untouched: Path
) -> None:
    stored = [json.loads(line) for line in (untouched / "tags" / "tags.jsonl").read_text("utf-8").splitlines()]
    used = {tag for line in _summaries(untouched) for tag in line["tags"]}
    own = [tag["slug"] for tag in stored if tag["made_by"] != "seed" and tag["slug"] in used]
    categories = [tag["slug"] for tag in stored if tag["made_by"] == "seed" and tag["slug"] in used]
    assert categories
    for slug in own:
        assert old_system.get(f"/tag/{slug}").status_code == 200
    for slug in categories:
        assert old_system.get(f"/tag/{slug}").headers["location"].startswith("/category/")
    listed = old_system.command("tags", "list", "--json")
    assert {tag["slug"] for tag in json.loads(listed.stdout)} >= set(own)


def test_dead_letters_of_then_can_be_listed_and_dropped(old_system: System) -> None:
    listed = json.loads(old_system.command("dead", "list", "--json").stdout)
    assert len(listed) >= 2
    for letter in listed:
        dropped = old_system.command("dead", "drop", str(letter["number"]))
        assert dropped.returncode == 0, dropped.stderr
    assert json.loads(old_system.command("dead", "list", "--json").stdout) == []


def _summaries(folder: Path) -> list[dict[str, Any]]:
    lines = [line for path in (folder / "summaries").glob("*.jsonl") for line in path.read_text("utf-8").splitlines()]
    return [json.loads(line) for line in lines]
