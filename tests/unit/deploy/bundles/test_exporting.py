"""What a bundle holds: all of it, for any program, and no secret."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from deploy.bundles.all_datasets import DATASETS
from deploy.bundles.archive.package import DESCRIPTOR
from shared.store.files.data_folder import DataFolder
from tests.support.folders.bundles import SECRET, contents, export, merge
from tests.support.folders.seed import FAR, GRAPHS, OLD


def test_a_bundle_imported_and_exported_again_is_the_same_byte_for_byte(
    whole: Path, empty: DataFolder, tmp_path: Path
) -> None:
    merge(whole, empty)
    export(empty, tmp_path / "again.zip")
    assert contents(tmp_path / "again.zip") == contents(whole)
    assert (tmp_path / "again.zip").read_bytes() == whole.read_bytes()


def test_every_dataset_is_in_the_bundle_of_everything(whole: Path) -> None:
    described = descriptor(whole)["resources"]
    assert {resource["papersys:dataset"] for resource in described} == {dataset.name for dataset in DATASETS}


def test_the_descriptor_says_the_columns_of_each_file(whole: Path) -> None:
    files = contents(whole)
    for resource in descriptor(whole)["resources"]:
        content, names = files[resource["path"]], [field["name"] for field in resource["schema"]["fields"]]
        if resource["format"] == "parquet":
            table = pq.read_table(io.BytesIO(content))
            assert (table.column_names, table.num_rows) == (names, resource["papersys:rows"])
        elif resource["format"] == "csv":
            header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
            assert (header, len(rows)) == (names, resource["papersys:rows"])
        else:
            rows = [json.loads(line) for line in content.decode().splitlines()]
            assert len(rows) == resource["papersys:rows"]
            assert all(set(row) <= set(names) for row in rows)
        assert set(resource["schema"]["primaryKey"]) <= set(names)


def test_no_secret_is_in_a_bundle(everything: DataFolder, whole: Path) -> None:
    token = everything.path("state", "token-of-anna").read_text()
    hashes = [
        json.loads(line)["token_sha256"] for line in everything.path("users", "users.jsonl").read_text().split("\n")[:1]
    ]
    with zipfile.ZipFile(whole) as archive:
        text = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    assert not [secret for secret in (SECRET, token, *hashes) if secret in text]
    assert whole.stat().st_mode & 0o077 == 0


def test_the_bundle_of_a_person_holds_what_that_person_left_and_nothing_of_others(
    everything: DataFolder, tmp_path: Path
) -> None:
    export(everything, tmp_path / "anna.zip", "anna")
    files = {name: content.decode("utf-8", "replace") for name, content in contents(tmp_path / "anna.zip").items()}
    assert "Anna's note" in files["notes.jsonl"]
    assert "log n" not in files["notes.jsonl"]
    assert GRAPHS not in files["ratings.csv"] + files["signals.csv"]
    assert "What does Anna ask?" in files["questions.jsonl"]
    assert '"user": "me"' not in files["missed.jsonl"]
    assert [json.loads(line)["user"] for line in files["questions.jsonl"].splitlines()] == ["anna"]
    assert set(files) >= {"papers/1999-01.csv", "summaries/1999-01.jsonl", "selections/2026-11.parquet"}
    assert FAR in files["papers/2026-11.csv"]
    assert GRAPHS not in files["papers/2026-11.csv"]
    assert not {"ledger.jsonl", "prompts.jsonl", "facets.jsonl"} & set(files)
    assert OLD in files["ratings.csv"]


def test_the_readme_names_the_datasets(whole: Path) -> None:
    readme = contents(whole)["README.md"].decode()
    assert all(f"| `{dataset.name}` |" in readme for dataset in DATASETS)


def descriptor(path: Path) -> Any:
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read(DESCRIPTOR))
