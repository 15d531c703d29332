"""Papers of other servers in every export: named by their server, at their own address, read back by imports."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from bibtexparser.entrypoint import parse_string

from services.publisher.outlets.exports.bibtex import bibtex_of, citation_key
from services.publisher.outlets.exports.entries import Entry
from services.publisher.outlets.exports.ratings.rating_formats import FORMATS, RatedPapers
from services.publisher.outlets.exports.ris import ris_of
from services.publisher.outlets.exports.tables import csv_of
from services.publisher.outlets.notion.row_content import RowContents
from services.publisher.outlets.zotero.writing.content import content_of
from services.publisher.rendering.id_links import linked_html
from shared.paper_labels import source_of_pages
from shared.preprints import oai_id
from shared.store.papers.metadata import Paper
from shared.store.people.preferences import Rating
from shared.text.rating_files.reading import read_rating_text
from tests.support.folders.seed import GRAPHS, paper

PAPER = replace(
    paper(GRAPHS), paper_id="biorxiv:10.1101-2026.10.15.675123", version=2, primary_category="biorxiv.neuroscience"
)
RECORD = replace(
    PAPER, paper_id="hal:2610.HAL_hal-05500001", source=source_of_pages("https://hal.science/hal-05500001", "")
)
ODD = replace(RECORD, paper_id=oai_id("zen", "oai:zenodo.org:a/b c~1_é", 2026, 10).paper_id)
ADDRESS = "https://www.biorxiv.org/content/10.1101/2026.10.15.675123"


def test_bibtex_names_the_server_and_its_doi() -> None:
    (entry,) = parse_string(bibtex_of([PAPER])).entries
    fields = {field.key: field.value for field in entry.fields}
    assert (fields["archivePrefix"], fields["eprint"], fields["doi"]) == ("bioRxiv", *2 * ["10.1101/2026.10.15.675123"])
    assert fields["url"] == ADDRESS
    assert citation_key(replace(PAPER, authors=())) == "biorxiv_10.1101-2026.10.15.675123"
    (entry,) = parse_string(bibtex_of([RECORD])).entries
    fields = {field.key: field.value for field in entry.fields}
    assert (fields["archivePrefix"], fields["eprint"], fields["url"]) == (
        "hal",
        "oai:HAL:hal-05500001",
        "https://hal.science/hal-05500001",
    )


def test_ris_zotero_and_tables_lead_to_the_server() -> None:
    ris = ris_of([PAPER])
    assert f"UR  - {ADDRESS}\r\n" in ris
    assert f"L1  - {ADDRESS}v2.full.pdf\r\n" in ris
    assert "PB  - bioRxiv\r\n" in ris
    fields = content_of(Entry(PAPER), with_own_notes=False).fields
    assert (fields["repository"], fields["DOI"], fields["url"]) == ("bioRxiv", "10.1101/2026.10.15.675123", ADDRESS)
    assert "arXiv" not in csv_of([Entry(PAPER)]) + ris


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("rated", [PAPER, RECORD, ODD])
def test_an_import_reads_the_paper_back_from_every_export_of_ratings(name: str, rated: Paper) -> None:
    rating = Rating(
        event_id="e", occurred_at=datetime(2026, 11, 1, tzinfo=UTC), paper_id=rated.paper_id, label="like",
        user="me", source="reader", actor="me", weight=1.0,
    )  # fmt: skip
    written = FORMATS[name].write(RatedPapers([rating], {rated.paper_id: rated}))
    (row,) = read_rating_text(written, name).rows
    assert (row.paper_id, row.said or "like") == (rated.paper_id, "like")


@pytest.mark.parametrize(
    ("prefix", "eprint", "paper_id"),
    [
        ("bioRxiv", "10.1101/2026.10.15.675123", PAPER.paper_id),
        ("medrxiv", "10.1101/2026.10.15.26312345", "medrxiv:10.1101-2026.10.15.26312345"),
        ("bioRxiv", "10.1101/675123", ""),
        ("medRxiv", "10.1101/2026.10.15.675123", "medrxiv:10.1101-2026.10.15.675123"),
        ("arXiv", "2611.00001", "2611.00001"),
    ],
)
def test_an_entry_of_a_bibliography_that_names_server_and_doi_is_that_paper(
    prefix: str, eprint: str, paper_id: str
) -> None:
    entry = f"@misc{{a,\n title = {{A title}},\n eprint = {{{eprint}}},\n archivePrefix = {{{prefix}}}\n}}\n"
    (row,) = read_rating_text(entry, "list.bib").rows
    assert row.paper_id == paper_id


def test_a_field_of_papersys_that_holds_no_such_id_is_nothing() -> None:
    entry = "@misc{a,\n title = {A title},\n papersys = {local:../../x},\n}\n"
    (row,) = read_rating_text(entry, "list.bib").rows
    assert row.paper_id == ""


def test_a_reason_that_names_a_paper_leads_to_it() -> None:
    line = linked_html("Near (bioRxiv 10.1101/2026.10.15.675123): cosine 0.9")
    assert 'href="/paper/10.1101/2026.10.15.675123">bioRxiv 10.1101/2026.10.15.675123</a>' in line


def test_a_row_of_notion_leads_to_the_server() -> None:
    class Records:
        def outcomes(self, paper_id: str) -> list[object]:
            return []

        class tags:
            label = str

    build: Callable[..., RowContents] = RowContents
    contents = build(Records(), "https://arxiv.org")
    summary = type("S", (), {"tags": ()})()
    properties = contents._properties(RECORD, summary)
    assert properties["link"] == {"url": "https://hal.science/hal-05500001"}
