"""Tables of a document: their captions, places, and the sentences about them."""

from services.summarizer.results.headings import read_table, setting_of
from services.summarizer.results.tables import tables_of
from tests.support.papers.result_tables import DOCUMENT, GRID, PIPE


def test_tables_have_their_numbers_captions_sections_and_the_sentences_about_them() -> None:
    first, second = tables_of(DOCUMENT, {"tab:cifar": 1})
    assert (first.number, first.section, second.number) == (1, "Experiments", 2)
    assert first.caption == "Accuracy in per cent on CIFAR-10 and CIFAR-100."
    assert first.sentences == ("We report image classification in Table 1.",)
    assert second.sentences == ("Table 2 shows question answering.",)


def test_every_cell_stands_where_it_is_said_to() -> None:
    cells = [cell for table in tables_of(DOCUMENT) for cell in table.cells if cell.text]
    assert len(cells) > 20
    for cell in cells:
        assert DOCUMENT[cell.start : cell.end] == cell.text


def test_equal_cells_of_a_row_have_places_of_their_own() -> None:
    (table,) = tables_of("| a | b | c |\n|---|---|---|\n| x | 1 | 1 |\n| y | 1 | 1 |\n")
    starts = [cell.start for cell in table.cells if cell.text == "1"]
    assert len(set(starts)) == 4
    assert starts == sorted(starts)


def test_numbers_stand_under_the_headings_of_several_rows_and_beside_those_of_their_row() -> None:
    read = read_table(tables_of(GRID)[0])
    placed = [(number.value.value, number.row, number.column) for number in read.numbers]
    assert placed == [
        ("67.7", ("BiDAF",), ("SQuAD", "EM")),
        ("77.3", ("BiDAF",), ("SQuAD", "F1")),
        ("2.6", ("BiDAF",), ("Size",)),
        ("84.1", ("SpanTree",), ("SQuAD", "EM")),
        ("90.9", ("SpanTree",), ("SQuAD", "F1")),
        ("110", ("SpanTree",), ("Size",)),
    ]
    assert setting_of(read, read.numbers[0], [1, 2]) == ("Size: 2.6M",)


def test_a_table_whose_head_is_not_marked_is_headed_by_its_first_row() -> None:
    read = read_table(tables_of(PIPE)[0])
    assert [(n.value.value, n.value.uncertainty, n.row, n.column) for n in read.numbers] == [
        ("93.57", "0.2", ("ResNet [7]",), ("CIFAR-10",)),
        ("71.2", "", ("ResNet [7]",), ("CIFAR-100",)),
        ("95.1", "", ("Ours",), ("CIFAR-10",)),
    ]


def test_a_number_over_several_columns_has_only_the_headings_that_they_share() -> None:
    text = (
        "+---+----+----+\n| m | cost    |\n|   +----+----+\n|   | de | fr |\n+---+----+----+\n"
        "| a | 1  | 2  |\n+---+----+----+\n| b | 3       |\n+---+---------+\n"
    )
    read = read_table(tables_of(text)[0])
    assert [(n.value.value, n.column) for n in read.numbers] == [
        ("1", ("cost", "de")),
        ("2", ("cost", "fr")),
        ("3", ("cost",)),
    ]


def test_a_heading_between_the_rows_stands_over_those_that_follow() -> None:
    text = "| m | acc |\n|---|---|\n| Small models | |\n| a | 1.5 |\n| Large models | |\n| a | 2.5 |\n"
    read = read_table(tables_of(text)[0])
    assert [n.row for n in read.numbers] == [("Small models", "a"), ("Large models", "a")]


def test_a_second_row_of_headings_names_the_columns_anew() -> None:
    text = "| m | SQuAD | NQ |\n|---|---|---|\n| a | 1.5 | 2.5 |\n| m | RACE | BoolQ |\n| a | 3.5 | 4.5 |\n"
    read = read_table(tables_of(text)[0])
    assert [n.column[-1] for n in read.numbers] == ["SQuAD", "NQ", "RACE", "BoolQ"]


def test_a_row_of_amounts_that_are_not_one_number_each_is_no_row_of_headings() -> None:
    rows = (
        "| Model | BLEU | Latency |",
        "|---|---|---|",
        "| Base | 27.3 | 1,204 |",
        "| Big | 28.4(2) | 2 310 |",
        "| Own | 29.1 | 95 |",
    )
    text = "\n".join((*rows, ""))
    (table,) = tables_of(text, {})
    assert [(number.row, number.column) for number in read_table(table).numbers][-2:] == [
        (("Own",), ("BLEU",)),
        (("Own",), ("Latency",)),
    ]


def test_a_first_row_of_amounts_that_are_not_one_number_each_is_no_heading() -> None:
    text = "|   | Accuracy | Range |\n|---|---|---|\n| A | 93,2% | 91.0–95.1 |\n| B | 91.5 | <0.1 |\n"
    (number,) = read_table(tables_of(text)[0]).numbers
    assert (number.row, number.column) == (("B",), ("Accuracy",))


def test_code_that_looks_like_a_table_and_broken_tables_are_left_alone() -> None:
    assert tables_of("```\n| a | 1 |\n|---|---|\n| b | 2 |\n```\n") == []
    assert tables_of("+---+\n| a |\n") == []


def test_a_caption_below_its_table_counts_where_no_other_table_follows() -> None:
    (table,) = tables_of("| m | acc |\n|---|---|\n| a | 1.5 |\n\n**Table 3.** Below.\n\nText.\n")
    assert (table.number, table.caption) == (3, "Below.")
