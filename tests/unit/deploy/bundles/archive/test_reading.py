"""Archives that were made to do harm, or were damaged on their way."""

import contextlib
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.bundles.archive.package import DESCRIPTOR, Resource
from deploy.bundles.archive.reading import MOST_FILES, Bundle, open_bundle, problem_of
from shared.errors import PapersysError
from shared.store.files.data_folder import DataFolder
from tests.support.folders.bundles import contents, export

Change = Callable[[zipfile.ZipFile, dict[str, bytes]], None]


def entry(name: str, mode: int = 0o100600) -> zipfile.ZipInfo:
    made = zipfile.ZipInfo(name)
    made.external_attr = mode << 16
    return made


def spoilt(whole: Path, target: Path, change: Change) -> Path:
    """The same files and descriptor, and what `change` adds."""
    with zipfile.ZipFile(whole) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(target, "w") as archive:
        change(archive, files)
        for name, content in files.items():
            archive.writestr(name, content)
    return target


def with_path(path: str) -> Change:
    def change(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
        descriptor = json.loads(files[DESCRIPTOR])
        files[path] = files.pop("ratings.csv")
        for resource in descriptor["resources"]:
            resource["path"] = path if resource["path"] == "ratings.csv" else resource["path"]
        files[DESCRIPTOR] = json.dumps(descriptor).encode()

    return change


def adding(name: str, mode: int = 0o100600) -> Change:
    return lambda archive, files: archive.writestr(entry(name, mode), b"x")


def with_bomb(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    archive.writestr("papers/2026-12.csv", bytes(40 * 1024**2), zipfile.ZIP_DEFLATED)


def with_other_content(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["ratings.csv"] = files["ratings.csv"].replace(b"dislike", b"xislike")


def with_longer_content(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files["ratings.csv"] += b"x"


def without_a_file(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    del files["ratings.csv"]


def without_descriptor(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    del files[DESCRIPTOR]


def with_odd_descriptor(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files[DESCRIPTOR] = b"[" * 100_000


def of_a_newer_papersys(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    files[DESCRIPTOR] = files[DESCRIPTOR].replace(b'"papersys:format": 1', b'"papersys:format": 2')


def packed_oddly(archive: zipfile.ZipFile, files: dict[str, bytes]) -> None:
    archive.writestr("extra.csv", b"x", zipfile.ZIP_BZIP2)


HARMFUL = [
    (with_path("../ratings.csv"), "no path of a bundle"),
    (with_path("/etc/ratings.csv"), "no path of a bundle"),
    (with_path("papers/..csv"), "no path of a bundle"),
    (with_path("ratings.exe"), "no path of a bundle"),
    (adding("ratings.link", 0o120777), "is a link or a device"),
    (adding("a/pipe", 0o010600), "is a link or a device"),
    (adding("run.sh"), "does not describe"),
    (with_bomb, "would unpack to"),
    (with_other_content, "another checksum"),
    (with_longer_content, "bytes instead of"),
    (without_a_file, "is not in it"),
    (without_descriptor, "no bundle of papersys"),
    (with_odd_descriptor, "is not one of papersys"),
    (of_a_newer_papersys, "newer papersys"),
    (packed_oddly, "another method"),
]


@pytest.mark.parametrize(("change", "why"), HARMFUL, ids=[why for _, why in HARMFUL])
def test_a_harmful_archive_is_refused(change: Change, why: str, whole: Path, tmp_path: Path) -> None:
    path = spoilt(whole, tmp_path / "spoilt.zip", change)
    with pytest.raises(PapersysError, match=why), open_bundle(path) as bundle:
        bundle.verify()


def test_an_archive_cut_anywhere_is_refused(everything: DataFolder, tmp_path: Path) -> None:
    export(everything, tmp_path / "anna.zip", "anna")
    content = (tmp_path / "anna.zip").read_bytes()
    for share in (0, 0.1, 0.5, 0.9, 0.999):
        (tmp_path / "cut.zip").write_bytes(content[: int(share * len(content))])
        with pytest.raises(PapersysError, match="cannot be imported"), open_bundle(tmp_path / "cut.zip"):
            pass


def test_a_flipped_bit_is_found_wherever_it_is(everything: DataFolder, tmp_path: Path) -> None:
    export(everything, tmp_path / "anna.zip", "anna")
    content, files = (tmp_path / "anna.zip").read_bytes(), contents(tmp_path / "anna.zip")
    for place in range(40, len(content), len(content) // 60):
        spoilt_content = bytearray(content)
        spoilt_content[place] ^= 0x10
        (tmp_path / "flipped.zip").write_bytes(spoilt_content)
        with contextlib.suppress(PapersysError), open_bundle(tmp_path / "flipped.zip") as bundle:
            bundle.verify()
            read = {each.path: b"".join(lines_of(bundle, each)) for each in bundle.package.resources}
            assert {path: content for path, content in files.items() if path in read} == read


def lines_of(bundle: Bundle, resource: Resource) -> list[bytes]:
    with bundle.as_file(resource) as path:
        return [path.read_bytes()]


def test_files_that_share_their_bytes_are_told(tmp_path: Path) -> None:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        archive.writestr("a.csv", bytes(1000))
        entries = [*archive.infolist()]
        twice = zipfile.ZipInfo("b.csv")
        twice.compress_size, twice.file_size, twice.header_offset = 1000, 1000, entries[0].header_offset
    assert "overlap" in problem_of([*entries, twice], len(sink.getvalue()))
    assert "two files of one name" in problem_of([*entries, *entries], 10_000)
    many = [zipfile.ZipInfo(f"{number}.csv") for number in range(MOST_FILES + 1)]
    assert "more than" in problem_of(many, 10_000)


def test_what_is_no_archive_at_all_is_said(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match="There is no file"), open_bundle(tmp_path / "none.zip"):
        pass
    (tmp_path / "text.zip").write_text("id,preference\n")
    with pytest.raises(PapersysError, match="no zip archive"), open_bundle(tmp_path / "text.zip"):
        pass
