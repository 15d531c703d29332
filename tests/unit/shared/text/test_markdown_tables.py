"""Tables of Markdown become rows of cells; what is no table is left to be shown as it is."""

import pytest

from shared.text.markdown_tables import Cell, rows_of

SPANS = """\
+-------+-------------+
| Model | BLEU        |
|       +------+------+
|       | DE   | FR   |
+:======+:====:+:====:+
| A     | 1    | 2    |
+-------+------+------+
"""


def test_a_pipe_table_has_a_head_and_rows_that_know_their_lines() -> None:
    text = "| a | b \\| c |\n|:--|--:|\n| 1 |  |"
    head, row = rows_of(text)
    assert head.is_head
    assert [cell.text for cell in head.cells] == ["a", "b | c"]
    assert [cell.text for cell in row.cells] == ["1", ""]
    assert text[row.start : row.end] == "| 1 |  |"


def test_a_head_without_words_is_left_out_and_the_first_row_heads() -> None:
    rows = rows_of("|  |  |\n|--|--|\n| a | b |\n| 1 | 2 |")
    assert [(row.is_head, row.cells[0].text) for row in rows] == [(True, "a"), (False, "1")]


def test_cells_of_a_grid_table_span_rows_and_columns() -> None:
    rows = rows_of(SPANS)
    assert rows[0].cells == (Cell("Model", rows=2), Cell("BLEU", columns=2))
    assert [row.is_head for row in rows] == [True, True, False]
    assert [cell.text for cell in rows[2].cells] == ["A", "1", "2"]


@pytest.mark.parametrize("text", ["+---+\n| a\n+---+", "+--+--+\n| a | b |", "+\n+", "---  ---\na    b"])
def test_a_broken_table_has_no_rows(text: str) -> None:
    assert rows_of(text) == []
