"""A migration of files with every oddity: what is stored, what is said of it, twice, and after a kill."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from deploy.migrating.manifest import FileEntry, MigrationManifest
from shared.errors import PapersysError, TemporaryFailure
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.vectors.embeddings import VectorStore
from tests.support.folders.older_system import move_in, row, summary, vector, write_json, write_table


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data", 0)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two years of papers; the vectors of each model are missing in a way of their own, and in one year altogether."""
    folder = tmp_path / "old"
    rows_2023 = [
        row("2312.00002", jasper_v1=vector(1, 8), conan_v1=vector(2, 12)),
        row("2312.00001", jasper_v1=[0.0] * 8, conan_v1=[float("nan")] * 12),
        row("704.1", jasper_v1=None, conan_v1=[*vector(3, 12)[:11], None]),
        row("2312.00002", jasper_v1=vector(4, 8), conan_v1=None, updated="2024-02-02", title="A later title"),
    ]
    rows_2024 = [
        row("2401.00010v2", conan_v1=[2 * number for number in vector(5, 12)], odd="?"),
        row("nonsense", conan_v1=vector(6, 12), odd=None),
        row("2401.1235", conan_v1=vector(7, 5), odd=None, created="yesterday"),
        row("hep-th/9901001", conan_v1=vector(8, 12), odd=None, title=None),
    ]
    write_table(folder / "2023.parquet", rows_2023)
    write_table(folder / "2024.parquet", rows_2024)
    return folder


def entry(manifest: MigrationManifest, name: str) -> FileEntry:
    found = manifest.entry(name)
    assert found is not None
    return found


def snapshot(folder: Path) -> Mapping[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_papers_are_stored_by_month_with_ids_that_lost_zeros_made_whole(data: DataFolder, source: Path) -> None:
    manifest = move_in(data, source)
    store = MetadataStore(data)
    assert store.months() == ["2007-04", "2023-12", "2024-01"]
    papers = {paper.paper_id: paper for paper in store.all()}
    assert set(papers) == {"0704.1000", "2312.00001", "2312.00002", "2401.00010", "2401.12350"}
    assert papers["2312.00002"].title == "A later title"
    assert papers["2401.00010"].version == 2
    assert papers["2312.00001"].abstract == 'It is "shown", in two lines.'
    assert papers["2312.00001"].authors == ("Ada Lovelace", "Émile Borel")
    assert papers["2401.12350"].published_at is not None  # by `date`, as `created` could not be read
    first, second = entry(manifest, "2023.parquet"), entry(manifest, "2024.parquet")
    assert (first.rows, first.kept, first.doubled, first.repaired, first.refused) == (4, 3, 1, 1, 0)
    assert (second.rows, second.kept, second.doubled, second.repaired, second.refused) == (4, 2, 0, 1, 2)
    assert len(first.sha256) == 64


def test_vectors_that_are_none_are_counted_by_kind_and_the_others_are_stored(data: DataFolder, source: Path) -> None:
    manifest = move_in(data, source)
    jasper, conan = VectorStore(data, "jasper_v1"), VectorStore(data, "conan_v1")
    assert jasper.all().ids == ["2312.00002"]
    assert np.allclose(jasper.all().matrix[0], vector(1, 8))
    assert sorted(conan.all().ids) == ["2312.00002", "2401.00010", "hep-th/9901001"]
    assert np.allclose(np.linalg.norm(conan.all().matrix, axis=1), 1)
    first = entry(manifest, "2023.parquet").vectors
    assert (first["jasper_v1"].kept, first["jasper_v1"].zero, first["jasper_v1"].null) == (1, 1, 1)
    assert first["jasper_v1"].doubled == 1
    assert (first["conan_v1"].kept, first["conan_v1"].not_finite, first["conan_v1"].null) == (1, 2, 1)
    second = entry(manifest, "2024.parquet").vectors
    assert "jasper_v1" not in second
    counts = second["conan_v1"]
    assert (counts.kept, counts.wrong_length, counts.without_id, counts.scaled) == (2, 1, 1, 1)


def test_vectors_of_an_unknown_recipe_are_like_no_other(data: DataFolder, source: Path) -> None:
    move_in(data, source)
    recipe = VectorStore(data, "conan_v1").recipe
    assert recipe is not None
    assert (recipe.model, recipe.text, recipe.dimension) == ("unknown, migrated", "unknown, migrated", 12)


def test_vectors_of_another_recipe_under_that_name_are_refused_and_another_name_takes_them(
    data: DataFolder, source: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    write_table(other / "2020.parquet", [row("2001.00001", conan_v1=vector(9, 16))])
    move_in(data, other)
    manifest = move_in(data, source)
    assert "another recipe" in entry(manifest, "2023.parquet").not_taken["conan_v1"]
    again = move_in(data, source, {"conan_v1": "vector:conan_old"})
    assert entry(again, "2023.parquet").vectors["conan_v1"].kept == 1
    assert VectorStore(data, "conan_old").count() == 3
    assert VectorStore(data, "conan_v1").count() == 1


def test_an_unknown_column_is_named_and_the_map_takes_it(data: DataFolder, tmp_path: Path) -> None:
    write_table(tmp_path / "old" / "2024.parquet", [{**row("2401.00001"), "Kennung": "2401.00001", "note": "x"}])
    odd = entry(move_in(data, tmp_path / "old", dry_run=True), "2024.parquet")
    assert "unknown" in odd.not_taken["note"]
    mapped = move_in(data, tmp_path / "old", {"note": "comment", "Kennung": "ignore"})
    assert entry(mapped, "2024.parquet").columns["note"] == "comment"
    (paper,) = MetadataStore(data).all()
    assert paper.comment == "x"


def test_a_map_of_a_column_that_is_nowhere_is_refused(data: DataFolder, source: Path) -> None:
    with pytest.raises(PapersysError, match="No file has a column colour; there are"):
        move_in(data, source, {"colour": "ignore"})


def test_a_dry_run_says_the_same_and_changes_nothing(data: DataFolder, source: Path) -> None:
    planned = move_in(data, source, dry_run=True)
    assert not data.root.exists()
    done = move_in(data, source)
    counts = ("rows", "kept", "doubled", "repaired", "refused", "columns", "vectors", "problems")
    for one, other in zip(planned.files, done.files, strict=True):
        assert [getattr(one, name) for name in counts] == [getattr(other, name) for name in counts]


def test_twice_is_once_and_the_originals_stay(data: DataFolder, source: Path) -> None:
    originals = snapshot(source)
    move_in(data, source)
    before = snapshot(data.root)
    move_in(data, source)
    assert snapshot(data.root) == before
    assert snapshot(source) == originals


def test_without_its_manifest_a_second_run_stores_nothing_twice(data: DataFolder, source: Path) -> None:
    move_in(data, source)
    (manifest_path,) = data.path("migrations").glob("*/MANIFEST.json")
    manifest_path.unlink()
    before = snapshot(data.root)
    again = move_in(data, source)
    assert entry(again, "2023.parquet").kept == 0
    assert entry(again, "2023.parquet").known == 3
    assert {name: content for name, content in snapshot(data.root).items() if "MANIFEST" not in name} == before


def test_a_paper_in_two_years_is_doubled_and_stands_as_it_was_changed_last(data: DataFolder, tmp_path: Path) -> None:
    old = row("2312.00001", title="As it was")
    newer = row("2312.00001", title="As it is now", updated="2025-02-03")
    write_table(tmp_path / "old" / "2023.parquet", [old, row("2312.00002", updated="2025-02-03", title="Kept")])
    write_table(tmp_path / "old" / "2024.parquet", [newer, row("2312.00002", title="Left"), row("2401.00001")])
    for dry_run in (True, False):
        manifest = move_in(data, tmp_path / "old", dry_run=dry_run)
        second = entry(manifest, "2024.parquet")
        assert (second.rows, second.kept, second.doubled, second.known) == (3, 1, 2, 0)
    stored = MetadataStore(data).get(["2312.00001", "2312.00002"])
    assert [paper.title for paper in stored.values()] == ["As it is now", "Kept"]


def test_a_second_migration_beside_another_is_told_to_wait(data: DataFolder, source: Path) -> None:
    data.prepare()
    with (
        data.lock("migration"),
        ThreadPoolExecutor(1) as pool,
        pytest.raises(TemporaryFailure, match="Another migration into"),
    ):
        pool.submit(move_in, data, source).result()


def test_what_arxiv_told_is_not_overruled(data: DataFolder, source: Path, tmp_path: Path) -> None:
    write_table(tmp_path / "newer" / "2023.parquet", [row("2312.00001", title="As it is now")])
    move_in(data, tmp_path / "newer")
    manifest = move_in(data, source)
    assert MetadataStore(data).get(["2312.00001"])["2312.00001"].title == "As it is now"
    assert (entry(manifest, "2023.parquet").known, entry(manifest, "2023.parquet").kept) == (1, 2)


def test_a_damaged_table_is_named_and_stops_nothing_beside_it(data: DataFolder, source: Path) -> None:
    whole = (source / "2023.parquet").read_bytes()
    (source / "2022.parquet").write_bytes(whole[: len(whole) // 2])
    (source / "notes.txt").write_text("hello")
    manifest = move_in(data, source)
    assert "no Parquet file that can be read" in entry(manifest, "2022.parquet").why_not
    assert "no Parquet, CSV or JSON" in entry(manifest, "notes.txt").why_not
    assert entry(manifest, "2023.parquet").kept == 3
    (source / "2022.parquet").write_bytes(whole)
    assert entry(move_in(data, source), "2022.parquet").known == 3


def test_ids_that_were_stored_as_numbers_are_read(data: DataFolder, tmp_path: Path) -> None:
    write_table(tmp_path / "old" / "2024.parquet", [row(2401.1235), row(9901001.0)], {"id": pa.float64()})
    manifest = move_in(data, tmp_path / "old")
    assert [paper.paper_id for paper in MetadataStore(data).all()] == ["2401.12350"]
    assert "lacks its archive" in entry(manifest, "2024.parquet").problems[-1]


def test_each_year_may_have_other_types_another_order_and_names_of_its_own(data: DataFolder, tmp_path: Path) -> None:
    old = tmp_path / "old"
    backwards = dict(reversed({**row("2001.00001"), "jasper_v1": vector(1, 8)}.items()))
    types = {"title": pa.large_string(), "license": pa.dictionary(pa.int8(), pa.string())}
    write_table(old / "2020.parquet", [backwards], {**types, "jasper_v1": pa.large_list(pa.float16())})
    types = {"created": pa.timestamp("ns"), "updated": pa.timestamp("ms", "Europe/Paris"), "date": pa.date32()}
    moments = {"created": datetime(2021, 1, 2), "updated": datetime(2021, 1, 3, tzinfo=UTC), "date": date(2021, 1, 1)}
    written = row("2101.00001", authors="Ada L; Émile B", categories="cs.LG stat.ML", jasper_v1=vector(2, 8), **moments)
    write_table(old / "2021.parquet", [written], {**types, "jasper_v1": pa.list_(pa.float64(), 8)})
    write_table(
        old / "2022.parquet", [{"id": "2201.00001", "jasper.v1": vector(3, 8)}], {"jasper.v1": pa.list_(pa.float32())}
    )
    twice = pa.Table.from_arrays(
        [pa.array([each]) for each in ("1901.00001", "1901.00002", "A title", "cs.LG")],
        names=["id", "id", "title", "categories"],
    )
    pq.write_table(twice, old / "2019.parquet")
    manifest = move_in(data, old)
    papers = {paper.paper_id: paper for paper in MetadataStore(data).all()}
    assert sorted(papers) == ["1901.00001", "2001.00001", "2101.00001"]
    assert papers["2101.00001"].authors == ("Ada L", "Émile B")
    assert papers["2101.00001"].published_at == datetime(2021, 1, 2, tzinfo=UTC)
    assert papers["2101.00001"].updated_at == datetime(2021, 1, 3, tzinfo=UTC)
    assert sorted(VectorStore(data, "jasper_v1").all().ids) == ["2001.00001", "2101.00001"]
    assert VectorStore(data, "jasper.v1").count() == 1
    assert "id is read from id already" in entry(manifest, "2019.parquet").not_taken["id"]


def test_few_vectors_of_another_length_than_the_others_are_named(data: DataFolder, tmp_path: Path) -> None:
    rows = [row(f"2401.{number:05}", jasper_v1=vector(number, 8)) for number in range(1, 40)]
    rows[7]["jasper_v1"] = [1e20, *vector(7, 7)]
    write_table(tmp_path / "old" / "2024.parquet", rows)
    (problem,) = entry(move_in(data, tmp_path / "old"), "2024.parquet").problems
    assert "1 of 39 vectors are not of length 1 as the others are" in problem


def test_files_in_other_encodings_are_read_and_named(data: DataFolder, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    chinese = summary("2401.00001", preference="unknown")
    (old / "a.json").write_bytes(json.dumps(chinese, ensure_ascii=False).encode("gb18030"))
    (old / "list.json").write_text(json.dumps([summary("2401.00002"), summary("2401.00003")]))
    (old / "bom.csv").write_bytes(b"\xef\xbb\xbfid;preference\r\n2401.00001;like\r\n")
    (old / "utf16.csv").write_text("id,preference\n2401.00002,like\n", encoding="utf-16")
    (old / "2025-01.csv").write_text("id,preference\n")
    (old / "empty.csv").touch()
    (old / "2025-02.jsonl").write_text(json.dumps(summary("2401.00004")) + "\n" + json.dumps(chinese)[:40])
    manifest = move_in(data, old)
    stored = SummaryStore(data).get("2401.00001")
    assert stored is not None
    assert stored.fields[0].text == chinese["one_sentence_summary"]
    assert entry(manifest, "a.json").problems == ["it is written in GB18030, and was read so"]
    assert entry(manifest, "list.json").kept == 2
    assert set(RatingStore(data).current()) == {"2401.00001", "2401.00002"}
    assert "nothing in it but names of columns" in entry(manifest, "2025-01.csv").why_not
    assert entry(manifest, "empty.csv").why_not == "it is empty"
    torn = entry(manifest, "2025-02.jsonl")
    assert (torn.kept, torn.refused) == (1, 1)


def test_too_little_room_is_said_before_anything_is_written(source: Path, tmp_path: Path) -> None:
    full = DataFolder(tmp_path / "data", 10**9)
    with pytest.raises(PapersysError, match="MB are needed"):
        move_in(full, source)
    assert not (tmp_path / "data" / "metadata").exists()


def test_a_disk_that_fills_up_is_said_and_the_same_command_goes_on(
    data: DataFolder, source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: object, **kwargs: object) -> None:
        raise TemporaryFailure("2023-12.csv could not be written: No space left on device.")

    with monkeypatch.context() as patched:
        patched.setattr(MetadataStore, "put_rows", refuse)
        with pytest.raises(TemporaryFailure, match=r"No space left.*run the same command again.*2023\.parquet"):
            move_in(data, source)
    assert not any(data.path("state", "migrating").rglob("*.rows"))
    move_in(data, source)
    assert MetadataStore(data).count() == 5
    assert VectorStore(data, "conan_v1").count() == 3


def test_a_source_beside_the_data_is_refused(data: DataFolder, tmp_path: Path) -> None:
    from deploy.migrating.sources import check_apart

    with pytest.raises(PapersysError, match="lie within each other"):
        check_apart(data.path("old"), data.root)
    check_apart(tmp_path / "old", data.root)


def test_ratings_summaries_and_keywords_move_in_together(data: DataFolder, tmp_path: Path) -> None:
    old = tmp_path / "old"
    write_table(old / "2024.parquet", [row("2401.12350")])
    (old / "preference").mkdir()
    (old / "preference" / "init.csv").write_text("id,preference\n2401.1235,like\n2401.00002,dislike\n")
    lines = "id,preference\n2401.00002,like\n2401.00003,neutral\n2401.00004,unknown\n"
    (old / "preference" / "2025-04.csv").write_text(lines)
    (old / "preference" / "2025-06.csv").write_text(lines)
    write_json(old / "raw" / "2401.00005.json", summary("2401.00005", preference="like"))
    (old / "2025-05.jsonl").write_text(
        json.dumps(summary("2401.00006")) + "\n{broken\n" + json.dumps(summary("2401.00005", preference="like")) + "\n"
    )
    write_json(old / "keywords.json", {"Graphs": ["Graph Neural Network", "Gossip Protocol"]})
    planned = move_in(data, old, dry_run=True)
    manifest = move_in(data, old)
    ratings = RatingStore(data).current()
    assert {paper_id: rating.label for paper_id, rating in ratings.items()} == {
        "2401.12350": "like",
        "2401.00002": "like",
        "2401.00005": "like",
    }
    assert ratings["2401.00002"].occurred_at.isoformat() == "2025-04-30T23:59:59+00:00"
    assert ratings["2401.00002"].source == "migrate"
    assert ratings["2401.00005"].occurred_at.isoformat() == "2025-05-04T08:28:00.472757+00:00"
    assert manifest.ratings is not None
    assert planned.ratings is not None
    for count in ("likes", "dislikes", "skips", "doubled", "without_rating", "conflicting"):
        assert getattr(planned.ratings, count) == getattr(manifest.ratings, count)
    assert planned.ratings.repaired.total == manifest.ratings.repaired.total == 1
    stored = SummaryStore(data).get("2401.00005")
    assert stored is not None
    assert stored.made_by.model == "grok-3-mini-latest"
    assert stored.tags == ("graph-neural-networks",) or "graph-neural-network" in stored.tags
    lines_entry = entry(manifest, "2025-05.jsonl")
    assert (lines_entry.kept, lines_entry.refused, lines_entry.rows) == (2, 1, 3)
    assert entry(manifest, "raw/2401.00005.json").doubled == 1
    before = snapshot(data.root)
    move_in(data, old)
    assert snapshot(data.root) == before


@pytest.mark.proof
def test_killed_at_any_moment_it_goes_on_and_ends_as_if_nothing_had_been(tmp_path: Path) -> None:
    old = tmp_path / "old"
    for year in (2021, 2022, 2023):
        rows = [
            row(f"{year % 100}{month:02}.{number:05}", jasper_v1=vector(number, 64))
            for month in (3, 5)
            for number in range(1, 900)
        ]
        write_table(old / f"{year}.parquet", rows)
    script = (
        "import sys; from pathlib import Path; from shared.store.files.data_folder import DataFolder\n"
        "from tests.support.folders.older_system import move_in\n"
        "print('ready', flush=True)\n"
        "move_in(DataFolder(Path(sys.argv[1]), 0), Path(sys.argv[2]))"
    )

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", script, str(tmp_path / "data"), str(old)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path.cwd(), env=os.environ)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        return process

    for after in (0.05, 0.3):
        process = start()
        time.sleep(after)
        process.send_signal(signal.SIGKILL)
        process.wait()
    data = DataFolder(tmp_path / "data", 0)
    manifest = move_in(data, old)
    assert [each.kept for each in manifest.files] == [2 * 899] * 3
    assert [each.vectors["jasper_v1"].kept for each in manifest.files] == [2 * 899] * 3
    assert MetadataStore(data).count() == VectorStore(data, "jasper_v1").count() == 6 * 899
    assert not any(data.path("state", "migrating").rglob("*.parquet"))
