"""Tables of candidates; tests/unit/summarizer/cli/test_related.py has the files that people write."""

from pathlib import Path

from services.summarizer.relatedness.table import PaperText, Score, Table, as_csv, read_table, score_table

TREES, SORTING, HOLES = (
    PaperText("Merge trees", "Trees of runs."),
    PaperText("Sorting with merge trees", ""),
    PaperText("Black holes", "Light bends."),
)


def test_without_vectors_words_alone_give_the_order() -> None:
    table = Table({"q": {"b": HOLES, "a": SORTING}}, {"q": TREES})
    assert [score.paper_id for score in score_table(table, None)] == ["a", "b"]


def test_the_order_of_rows_makes_no_difference_to_equal_candidates() -> None:
    first = score_table(Table({"q": {"b": HOLES, "a": HOLES}}, {"q": TREES}), None)
    second = score_table(Table({"q": {"a": HOLES, "b": HOLES}}, {"q": TREES}), None)
    assert first == second


def test_scores_are_csv_with_ids_as_they_were() -> None:
    assert as_csv([Score("2401.00010", 'a,"b"', 0.5)]) == 'query_id,paper_id,score\n2401.00010,"a,""b""",0.500000000\n'


def test_a_query_is_no_candidate_of_its_own_and_its_own_row_wins_over_others(tmp_path: Path) -> None:
    path = tmp_path / "T.csv"
    path.write_text("query_id,paper_id,title,abstract\np,q,Elsewhere,\np,p,P,\nq,q,Own row,\nq,a,Trees,\n")
    table = read_table(path)
    assert table.queries["q"].title == "Own row"
    assert list(table.candidates["q"]) == ["a"]
    assert table.problems == ()
