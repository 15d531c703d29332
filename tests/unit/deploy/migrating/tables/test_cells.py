"""Cells of older tables as names, categories, moments and ids."""

from datetime import UTC, date, datetime

import pytest

from deploy.migrating.tables.cells import read_categories, read_id, read_moment, read_names, read_words


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (["Ada Lovelace", " Émile  Borel "], ("Ada Lovelace", "Émile Borel")),
        ("['Ada Lovelace', \"Émile Borel\"]", ("Ada Lovelace", "Émile Borel")),
        (["['Ada Lovelace', 'Émile Borel']"], ("Ada Lovelace", "Émile Borel")),
        ('["Ada Lovelace"]', ("Ada Lovelace",)),
        ("Ada Lovelace, Émile Borel and Li Wen", ("Ada Lovelace", "Émile Borel", "Li Wen")),
        ("Lovelace; Borel", ("Lovelace", "Borel")),
        ([{"keyname": "Lovelace", "forenames": "Ada"}, {"name": "Émile Borel"}], ("Ada Lovelace", "Émile Borel")),
        ([["Lovelace", "Ada", ""]], ("Ada Lovelace",)),
        ([None, ""], ()),
        (float("nan"), ()),
        (None, ()),
    ],
)
def test_names_are_read_in_every_form(cell: object, names: tuple[str, ...]) -> None:
    assert read_names(cell) == names


@pytest.mark.parametrize(
    "cell", [["cs.LG", "stat.ML"], "cs.LG stat.ML", "cs.LG, stat.ML", "['cs.LG', 'stat.ML']", ["cs.LG stat.ML"]]
)
def test_categories_are_read_in_every_form(cell: object) -> None:
    assert read_categories(cell) == ("cs.LG", "stat.ML")


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-02",
        date(2024, 1, 2),
        datetime(2024, 1, 2),
        "Tue, 2 Jan 2024 00:00:00 GMT",
        "2024-01-02T01:00:00+01:00",
        "1704153600",
    ],
)
def test_moments_are_read_in_every_form(cell: object) -> None:
    assert read_moment(cell) == datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize("cell", [None, "", "NaT", "nan"])
def test_nothing_is_no_moment(cell: object) -> None:
    assert read_moment(cell) is None


@pytest.mark.parametrize(
    "cell", ["yesterday", "0001-01-01", date(1, 1, 1), "9999-01-01", date(2999, 1, 1), datetime(2999, 1, 1)]
)
def test_what_is_no_moment_or_lies_in_the_future_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"not a valid date|lies in the future"):
        read_moment(cell)


@pytest.mark.parametrize(
    ("cell", "paper_id", "version", "damaged"),
    [
        ("2401.00010", "2401.00010", None, ""),
        ("arXiv:2401.00010v3", "2401.00010", 3, ""),
        ("2410.1285", "2410.12850", None, "2410.1285"),
        (704.0001, "0704.0001", None, "704.0001"),
        (" hep-th/9901001 ", "hep-th/9901001", None, ""),
    ],
)
def test_ids_are_read_and_those_that_lost_zeros_are_made_whole(
    cell: object, paper_id: str, version: int | None, damaged: str
) -> None:
    assert read_id(cell) == (paper_id, version, damaged)


@pytest.mark.parametrize(("cell", "why"), [(None, "no id"), (9901001.0, "lacks its archive"), ("x", "not an arXiv id")])
def test_what_names_no_paper_says_why(cell: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read_id(cell)


def test_words_have_single_spaces() -> None:
    assert read_words(" a\n b ") == "a b"
    assert read_words(float("nan")) == ""
