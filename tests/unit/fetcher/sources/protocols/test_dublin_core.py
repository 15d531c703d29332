"""Dublin Core as repositories fill it in: dates, languages, addresses, identifiers."""

from dataclasses import replace
from datetime import date

import pytest

from services.fetcher.sources.protocols.dublin_core import DcRecord, Repository, addresses_of, release_of

HAL = Repository("hal", "https://api.archives-ouvertes.fr/oai/hal", ("type:ART", "subject:info"))

RECORD = f"{HAL.address}?verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:HAL:hal-1v2"


def record(**fields: str | list[str | tuple[str, str]]) -> DcRecord:
    texts = {"title": "A title", **fields}
    return DcRecord(
        "oai:HAL:hal-1v2",
        date(2026, 11, 5),
        sets=("type:ART", "subject:info:info-ai"),
        fields={
            name: [
                (each, "") if isinstance(each, str) else each for each in ([value] if isinstance(value, str) else value)
            ]
            for name, value in texts.items()
        },
    )


@pytest.mark.parametrize(
    ("dates", "paper_id", "day"),
    [
        ("2026-11-02", "hal:2611.HAL_hal-1", date(2026, 11, 2)),
        (["2026-11-05T10:00:00Z", "2026-10-30"], "hal:2610.HAL_hal-1", date(2026, 10, 30)),
        ("2026", "hal:2611.HAL_hal-1", date(2026, 11, 5)),
        ("2019", "hal:1901.HAL_hal-1", date(2026, 11, 5)),
        ("1957-04-01", "hal:9101.HAL_hal-1", date(1957, 4, 1)),
        (["2031-01-01", "in press", "2026-13-45"], "hal:2611.HAL_hal-1", date(2026, 11, 5)),
    ],
)
def test_the_month_is_that_of_the_earliest_date(dates: str | list[str], paper_id: str, day: date) -> None:
    release = release_of(record(date=list(dates) if isinstance(dates, list) else dates), HAL, lambda _: None)
    assert (release.paper.paper_id, release.day) == (paper_id, day)
    assert release.paper.version == 2


def test_english_is_read_where_there_are_several_languages() -> None:
    told = record(
        title=[("Un titre", "fr"), ("The title", "en")],
        description=[
            ("Une description longue et précise de tout.", "fr"),
            ("12 pages", "en-GB"),
            ("The abstract says it.", "en"),
        ],
    )
    paper = release_of(told, HAL, lambda _: None).paper
    assert (paper.title, paper.abstract) == ("The title", "The abstract says it.")
    assert paper.categories == ("hal.type-ART", "hal.subject-info")


@pytest.mark.parametrize(
    ("identifiers", "page", "pdf"),
    [
        (
            ["hal-1", "https://hal.archives-ouvertes.fr/hal-1", "https://hal.archives-ouvertes.fr/hal-1/file/a.pdf"],
            "https://hal.archives-ouvertes.fr/hal-1",
            "https://hal.archives-ouvertes.fr/hal-1/file/a.pdf",
        ),
        (["https://evil.example/hal-1", "javascript:alert(1)", "10.5281/z.1"], "https://doi.org/10.5281/z.1", ""),
        (["https://archives-ouvertes.fr.evil.example/x"], RECORD, ""),
    ],
)  # fmt: skip
def test_addresses_are_those_of_the_repository_alone(
    identifiers: list[str | tuple[str, str]], page: str, pdf: str
) -> None:
    assert addresses_of(record(identifier=identifiers), HAL) == (page, pdf)


def test_a_university_does_not_speak_for_its_country() -> None:
    oxford = Repository("ora", "https://ora.ox.ac.uk/oai")
    strange = record(identifier=["https://evil.ac.uk/x", "https://www.ox.ac.uk/y"])
    assert addresses_of(strange, oxford)[0] == "https://www.ox.ac.uk/y"


def test_a_licence_and_a_doi_are_found_among_other_words() -> None:
    told = record(
        rights=["info:eu-repo/semantics/OpenAccess", "http://creativecommons.org/licenses/by/4.0/"],
        relation="info:doi/10.1000/xyz",
    )
    paper = release_of(told, HAL, lambda _: None).paper
    assert (paper.license, paper.doi) == ("http://creativecommons.org/licenses/by/4.0/", "10.1000/xyz")


def test_a_record_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="no title"):
        release_of(replace(record(), fields={}), HAL, lambda _: None)
