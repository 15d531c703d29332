"""Ids of papers of other servers: what they are read from, what they say, and that each is safe as a name."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.paper_ids import folder_name, is_arxiv, is_local, month_of, parse_paper_id, parse_versioned_id, year_of
from shared.preprints import doi_id, oai_id, oai_identifier, preprint_doi

BIO = "biorxiv:10.1101-2024.01.15.575123"
MED = "medrxiv:10.1101-2021.04.29.21256344"


@pytest.mark.parametrize(
    ("text", "paper_id", "version"),
    [
        (BIO, BIO, None),
        (f"{BIO}v3", BIO, 3),
        ("10.1101/2024.01.15.575123", BIO, None),
        ("bioRxiv:10.1101/2024.01.15.575123v2", BIO, 2),
        ("https://doi.org/10.1101/2021.04.29.21256344", MED, None),
        ("https://www.biorxiv.org/content/10.1101/2024.01.15.575123v2.full.pdf", BIO, 2),
        ("https://www.medrxiv.org/content/10.1101/2021.04.29.21256344v1", MED, 1),
        ("10.64898/2025.12.01.691234", "biorxiv:10.64898-2025.12.01.691234", None),
        ("hal:2401.HAL_hal-04400001v2", "hal:2401.HAL_hal-04400001", 2),
    ],
)
def test_usual_spellings_are_understood(text: str, paper_id: str, version: int | None) -> None:
    assert parse_versioned_id(text) == (paper_id, version)
    assert parse_paper_id(paper_id) == paper_id


@pytest.mark.parametrize(
    "text",
    [
        "10.1101/339747",
        "10.1371/2024.01.15.575123",
        "biorxiv:10.1101-2024.13.15.575123",
        "http:2401.12345",
        "oai:2401.12345",
        "hal:2413.HAL_hal-1",
        "hal:2401.a/b",
        "hal:2401.",
        "eprint:2401.12345",
        "hal:2401.a b",
        "Hal:2401.x",
        "local:2401.x",
    ],
)
def test_what_is_no_id_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match="not an arXiv id"):
        parse_paper_id(text)


def test_the_month_is_in_the_id() -> None:
    assert [month_of(name) for name in (BIO, MED, "hal:9102.HAL_hal-1")] == ["2024-01", "2021-04", "1991-02"]
    assert year_of(BIO) == 2024


def test_ids_are_told_apart() -> None:
    assert not is_arxiv(BIO)
    assert not is_local(BIO)
    assert is_arxiv("hep-th/9901001")
    assert folder_name(BIO) == "biorxiv_10.1101-2024.01.15.575123"
    assert preprint_doi(MED) == "10.1101/2021.04.29.21256344"


def test_a_doi_without_a_date_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"10\.1101/339747"):
        doi_id("biorxiv", "10.1101/339747")


@pytest.mark.parametrize(
    ("identifier", "paper_id", "version"),
    [
        ("oai:HAL:hal-04400001v2", "hal:2401.HAL_hal-04400001", 2),
        ("oai:dspace.mit.edu:1721.1/123", "hal:2401.dspace.mit.edu_1721.1~2F123", None),
        ("oai:alone", "hal:2401.~~oai_alone", None),
        ("urn:x:a_ü", "hal:2401.~~urn_x_a~5F~C3~BC", None),
    ],
)
def test_identifiers_of_repositories_become_ids_and_come_back(
    identifier: str, paper_id: str, version: int | None
) -> None:
    assert oai_id("hal", identifier, 2024, 1) == (paper_id, version)
    assert oai_identifier(paper_id) == re.sub(r"v2$", "", identifier)


def test_what_is_older_than_ids_can_tell_is_of_the_first_month() -> None:
    assert month_of(oai_id("hal", "oai:HAL:hal-1", 1957, 4).paper_id) == "1991-01"


@pytest.mark.parametrize("identifier", ["", "oai:x:" + "a" * 200])
def test_an_identifier_that_no_file_can_be_named_by_is_refused(identifier: str) -> None:
    with pytest.raises(ValueError, match="empty or longer"):
        oai_id("hal", identifier, 2024, 1)


@given(st.text(min_size=1, max_size=30))
def test_any_identifier_makes_a_safe_id(identifier: str) -> None:
    try:
        paper_id = oai_id("hal", identifier, 2024, 1).paper_id
    except ValueError:
        return
    assert re.fullmatch(r"hal:2401\.[A-Za-z0-9._~-]+", paper_id)
    assert parse_paper_id(paper_id) == paper_id


@given(st.text(alphabet="abcXYZ019.:/_~- é", min_size=1, max_size=20))
def test_no_two_identifiers_make_one_id(identifier: str) -> None:
    whole = f"oai:{identifier}x"
    assert oai_identifier(oai_id("hal", whole, 2024, 1).paper_id) == whole
