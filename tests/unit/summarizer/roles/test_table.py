"""Tables of abstracts in, tables of sentences out."""

import csv
from pathlib import Path

import pytest

from services.summarizer.roles.table import AbstractRow, as_csv, field_rows, ranked_fields, read_table
from shared.errors import PapersysError

ABSTRACT = (
    "Sorting very large files matters to everybody. However, existing methods need more memory than a laptop has. We "
    'propose a merge tree, "quoted", that keeps its runs in memory. Experiments show that it is twice as fast. '
    "It does not support records that are larger than a page."
)


def written(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "papers.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_other_columns_and_their_order_make_no_difference_and_ids_are_text(tmp_path: Path) -> None:
    table = written(tmp_path, "\ufeffyear,abstract , title,paper_id\n2024,Some text.,T,2401.00010\n")
    assert read_table(table) == ([AbstractRow("2401.00010", "Some text.")], [])


def test_quoted_newlines_belong_to_the_abstract(tmp_path: Path) -> None:
    table = written(tmp_path, 'paper_id,title,abstract\r\n1,T,"One line.\nAnother, with a comma."\r\n2,T,Next.\r\n')
    assert [row.abstract for row in read_table(table).rows] == ["One line.\nAnother, with a comma.", "Next."]


def test_rows_that_cannot_be_used_are_named_and_do_not_stop_the_others(tmp_path: Path) -> None:
    text = b"paper_id,title,abstract\na,T,\n,T,Text.\nb\nc,T,Text, and more\nd,T,Good.\nd,T,Twice.\n"
    table = read_table(written(tmp_path, text + b"e,T,Caf\xe9.\nf,T,N\0ul.\n"))
    assert [row.paper_id for row in table.rows] == ["c", "d", "e", "f"]
    assert table.rows[1].abstract == "Good."
    assert table.rows[3].abstract == "Nul."
    assert [problem.split(":")[0] for problem in table.problems] == [
        "row 1 (a)", "row 2", "row 3 (b)", "row 4 (c)", "row 6 (d)", "row 7 (e)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [("paper_id,title\n1,T\n", "no column abstract; it has paper_id, title"), ("", "no column paper_id and no column")],
)
def test_a_table_without_the_columns_is_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(PapersysError, match=told):
        read_table(written(tmp_path, text))


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PapersysError, match=r"none\.csv cannot be read: No such file"):
        read_table(tmp_path / "none.csv")


def test_each_field_has_its_sentences_best_first() -> None:
    fields = ranked_fields(ABSTRACT)
    assert {name: sentences[0].split(" ")[0] for name, sentences in fields.items()} == {
        "one_sentence_summary": "Sorting",
        "problem": "However,",
        "method": "We",
        "result": "Experiments",
        "limitations": "It",
    }


def test_the_answer_reads_back_as_it_was(tmp_path: Path) -> None:
    rows = list(field_rows([AbstractRow("2401.00010", ABSTRACT)]))
    read = list(csv.DictReader(as_csv(rows).splitlines(keepends=True)))
    assert [tuple(row.values()) for row in read] == [tuple(row) for row in rows]
    assert all(row["sentence"] in ABSTRACT for row in read)
