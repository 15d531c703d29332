"""A picture's name leads to the file that TeX would take."""

import pytest

from services.fetcher.documents.pictures.source_files import find_picture, picture_folders

FILES = {
    "paper/main.tex": rb"\graphicspath{{figs/}{ img/ }} \includegraphics{a}",
    "figs/a.pdf": b"",
    "img/B.PNG": b"",
    "paper/c.jpg": b"",
    "d.eps": b"",
}
NAMES = {name.lower(): name for name in FILES}


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("a", "figs/a.pdf"),
        ("./figs/a.pdf", "figs/a.pdf"),
        ("b", "img/B.PNG"),
        ("c", "paper/c.jpg"),
        ("d", None),
        ("../../etc/passwd", None),
        ("/etc/passwd", None),
        ("", None),
    ],
)
def test_a_name_leads_to_a_member_of_the_archive_or_to_none(name: str, file: str | None) -> None:
    assert find_picture(name, NAMES, picture_folders(FILES)) == file
