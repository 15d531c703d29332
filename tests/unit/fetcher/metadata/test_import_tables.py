import pytest

from services.fetcher.metadata.import_tables import UnreadableRow, table_rows


def rows(*lines: str | UnreadableRow, separator: str = ",") -> list[object]:
    return [str(row) if isinstance(row, UnreadableRow) else row for row in table_rows(iter(lines), separator)]


def test_the_first_row_names_the_columns() -> None:
    assert rows("id,title\n", "1,One\n", "\n", '2,"Two\n', 'lines"\n') == [
        {"id": "1", "title": "One"},
        {"id": "2", "title": "Two\nlines"},
    ]


@pytest.mark.parametrize(("separator", "line"), [(",", "1,a\tb"), ("\t", "1\ta,b")])
def test_the_separator_is_the_one_that_is_named(separator: str, line: str) -> None:
    (row,) = rows(separator.join(("id", "title")), line, separator=separator)
    assert row == dict(zip(("id", "title"), line.split(separator), strict=True))


def test_a_quote_that_is_never_closed_takes_its_own_line_alone() -> None:
    assert rows("id,title\n", '1,"open\n', "2,Two\n") == [
        "a quote is not closed, it begins '1,\"open\\n'",
        {"id": "2", "title": "Two"},
    ]


def test_a_line_that_could_not_be_decoded_is_passed_on() -> None:
    assert rows("id\n", UnreadableRow("not UTF-8"), "2\n") == ["not UTF-8", {"id": "2"}]
