"""CSV that no spreadsheet calculates with, and JSON that keeps ids and lists."""

import csv
import io
import json
from dataclasses import replace

import pytest

from services.publisher.outlets.exports.entries import Entry
from services.publisher.outlets.exports.tables import csv_of, json_of, safe_cell
from tests.support.folders.seed import GRAPHS, HOSTILE, NOON, paper


def rows(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_a_row_holds_metadata_and_what_the_user_said() -> None:
    entry = Entry(paper(GRAPHS), "In short.", ("Graphs", "Probability"), "like", NOON, True, "My\nnote, long")
    (row,) = rows(csv_of([entry]))
    assert (row["id"], row["authors"].split("; ")[0], row["tags"]) == (
        f"arXiv:{GRAPHS}",
        "Mira Oduya",
        "Graphs; Probability",
    )
    assert (row["rating"], row["rated_at"], row["saved"], row["note"]) == (
        "like",
        NOON.isoformat(),
        "yes",
        "My\nnote, long",
    )


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        " =1",
        "\t=1",
        "\r=1",
        "＝1",
        "|cmd",
        "%0A",
        "\x00=1",
        "\ufeff=1",
        '=HYPERLINK("x")',
    ],
)
def test_no_cell_is_a_formula(text: str) -> None:
    (row,) = rows(csv_of([Entry(replace(paper(HOSTILE), title=text), note=text)]))
    assert row["title"].startswith("'")
    assert row["note"].startswith("'")


def test_plain_text_stays_as_it_is() -> None:
    assert safe_cell('"Quoted", 5 = 5') == '"Quoted", 5 = 5'


def test_json_keeps_ids_and_lists() -> None:
    content = json.loads(json_of([Entry(paper(HOSTILE))], NOON))
    assert content["exported_at"] == NOON.isoformat()
    (record,) = content["papers"]
    assert (record["id"], record["authors"], record["saved"]) == (HOSTILE, ["A. <b>Uthor</b>"], False)
