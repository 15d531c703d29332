"""What numbers measure, by headings and captions; where two could be meant, nothing is said."""

import pytest

from services.summarizer.results.extraction import named_tables, record_of
from services.summarizer.results.own_rows import is_own, method_names
from shared.store.papers.documents import Caption
from shared.store.papers.results import PaperResults, Result
from tests.support.papers.result_tables import DOCUMENT, MADE
from tests.support.papers.summarizer import paper

LABELLED = (Caption(kind="table", number=1, text="", labels=("tab:cifar",)),)


def record(markdown: str, title: str = "SpanTree: answers by trees", abstract: str = "") -> PaperResults:
    one = paper("2611.00101", title, abstract)
    return record_of(one, 1, "latex", named_tables(markdown, LABELLED), MADE)


def results(markdown: str, **said: str) -> list[Result]:
    return [result for _, result in record(markdown, **said).all()]


def table(caption: str, head: str, *rows: str) -> str:
    rule = "|" + "---|" * (head.count("|") - 1)
    return "\n".join([f"**Table 1.** {caption}", "", head, rule, *rows, ""])


def test_numbers_have_names_places_and_what_is_the_paper_s_own() -> None:
    found = {(one.value): one for one in results(DOCUMENT)}
    f1 = found["90.9"]
    assert (f1.metric, f1.dataset, f1.task, f1.split, f1.better) == (
        "F1",
        "SQuAD 1.1",
        "question answering",
        "dev",
        "higher",
    )
    assert (f1.is_own, f1.is_bold, f1.cell, f1.setting) == (True, True, "**90.9**", ("Size: 110M",))
    assert DOCUMENT[f1.start : f1.end] == "**90.9**"
    assert not found["77.3"].is_own
    assert found["110"].metric == ""
    cifar = found["95.1"]
    assert (cifar.metric, cifar.dataset, cifar.task, cifar.is_own) == (
        "accuracy",
        "CIFAR-10",
        "image classification",
        True,
    )


def test_a_metric_of_the_caption_applies_only_where_no_column_is_of_something_else() -> None:
    assert [
        one.metric for one in results(table("Accuracy on MNIST.", "| m | 5 shots | 10 shots |", "| a | 81.5 | 82.5 |"))
    ] == ["accuracy"] * 2
    assert [
        one.metric for one in results(table("Accuracy on MNIST.", "| m | plain | time |", "| a | 81.5 | 82.5 |"))
    ] == ["", ""]
    assert [
        one.metric for one in results(table("Accuracy on MNIST.", "| m | plain | F1 |", "| a | 81.5 | 82.5 |"))
    ] == ["", "F1"]
    assert [one.metric for one in results(table("Accuracy and F1.", "| m | plain |", "| a | 81.5 |"))] == [""]


def test_a_metric_of_the_caption_applies_to_no_table_of_several_units() -> None:
    found = results(table("Hazard ratios on TrialNet.", "| m | switched | reported |", "| a | 47% | 0.79 |"))
    assert [one.metric for one in found] == ["", ""]


def test_metrics_in_rows_are_understood() -> None:
    found = results(
        table("Scores on SST-2.", "| | ours | theirs |", "| Accuracy | 91.5 | 90.5 |", "| F1 | 88.5 | 87.5 |")
    )
    assert [one.metric for one in found] == ["accuracy", "accuracy", "F1", "F1"]


def test_two_data_sets_in_a_caption_and_none_over_the_column_leave_it_open() -> None:
    (one,) = results(table("F1 on SQuAD 1.1 and NQ.", "| m | F1 |", "| a | 81.5 |"))
    assert (one.metric, one.dataset, one.task) == ("F1", "", "")


def test_a_data_set_that_only_this_paper_has_is_named_where_it_calls_it_one() -> None:
    text = "We publish the ReefWatch dataset.\n\n" + table(
        "Accuracy.", "| m | ReefWatch | Tank |", "| a | 81.5 | 71.5 |"
    )
    assert [one.dataset for one in results(text)] == ["ReefWatch", ""]


def test_translations_are_told_apart_by_their_languages() -> None:
    found = results(table("BLEU on newstest2014.", "| m | EN-DE | EN-FR |", "| a | 28.4 | 41.8 |"))
    assert [one.dataset for one in found] == ["WMT14 EN-DE", "WMT14 EN-FR"]
    (unsaid,) = results(table("BLEU on newstest2014.", "| m | BLEU |", "| a | 28.4 |"))
    assert unsaid.dataset == ""


def test_a_per_cent_sign_over_a_column_is_the_unit_of_its_results() -> None:
    (one,) = results(table("On MNIST.", "| m | Accuracy (\\%) |", "| a | 81.5 |"))
    assert one.unit == "%"


@pytest.mark.parametrize(
    ("row", "raw", "own"),
    [
        (("Ours",), "Ours", True),
        (("SpanTree (big)",), "SpanTree (big)", True),
        (("SpanTree-XL",), "SpanTree-XL", False),
        (("SpanTree",), "SpanTree [@smith]", False),
        (("SpanTrees",), "SpanTrees", False),
        (("BiDAF",), "BiDAF", False),
        (("Petrov et al. (2006)",), "Petrov et al. (2006)", False),
    ],
)
def test_a_row_is_the_paper_s_own_where_it_says_so_or_has_the_method_s_name(
    row: tuple[str, ...], raw: str, own: bool
) -> None:
    assert is_own(row, raw, ("SpanTree",)) == own


def test_names_of_the_method_come_from_title_and_abstract() -> None:
    assert method_names("SpanTree: answers by trees", "") == ("SpanTree",)
    assert method_names("On trees: a study of many things", "We study.") == ()
    said = "We propose a new simple network architecture, the Transformer, based on attention."
    assert method_names("Attention is all you need", said) == ("Transformer",)
    assert method_names("A study", "We present results on ImageNet and more.") == ()


def test_a_paper_with_thousands_of_numbers_is_kept_up_to_the_most_that_are() -> None:
    rows = [f"| a{n} | " + " | ".join(["1.5"] * 9) + " |" for n in range(200)]
    one = record(table("Accuracy.", "| m " + "| x " * 9 + "|", *rows))
    assert sum(1 for _ in one.all()) == 1_500
    assert one.left_out == 300
