"""Words of headings as metrics; a word that is also another is one only in capitals."""

import pytest

from services.summarizer.results.metrics import (
    better_of,
    is_metric,
    is_quantity,
    metric_named,
    metrics_in,
    without_metrics,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("BLEU", ["BLEU"]),
        ("WSJ 23 F1", ["F1"]),
        ("$F_1$", ["F1"]),
        ("Macro-F1", ["macro F1"]),
        ("Top-1 Acc. (%)", ["top-1 accuracy"]),
        ("top-1 err.", ["top-1 error"]),
        ("R@10", ["recall@10"]),
        ("nDCG@10", ["nDCG@10"]),
        ("Hits@1", ["hit rate@1"]),
        ("$AP_{50}$", ["AP50"]),
        ("AP$_{50}$", ["AP50"]),
        ("AP$_S$", ["AP of small objects"]),
        ("AP$^{\\text{box}}$", ["box AP"]),
        ("AP$^b_{60}$", []),
        ("F$_1$", ["F1"]),
        ("Macro-F$_{1}$", ["macro F1"]),
        ("F$_{0.5}$", []),
        ("BLEU$_x$", []),
        ("R$^2$", ["R²"]),
        ("mAP", ["mAP"]),
        ("mAP@0.5", ["mAP50"]),
        ("mAP@[.5:.95]", ["mAP"]),
        ("mAP50-95", ["mAP"]),
        ("MAP@10", ["mAP@10"]),
        ("MRR@10", ["MRR@10"]),
        ("a map of the world", []),
        ("per layer", []),
        ("PPL (dev)", ["perplexity"]),
        ("EM / F1", ["exact match", "F1"]),
        ("F1 drop", []),
        ("$\\Delta$ accuracy", []),
        ("EN-DE", []),
        ("ROUGE-L", ["ROUGE-L"]),
        ("Prec", ["precision"]),
        ("Miss rate at one false alarm in ten hours.", ["miss rate"]),
    ],
)
def test_the_metrics_of_a_heading(text: str, names: list[str]) -> None:
    assert [metric.name for metric in metrics_in(text)] == names


def test_a_heading_says_more_than_its_metric_or_not() -> None:
    assert is_metric("Accuracy (\\%) $\\uparrow$")
    assert without_metrics("SQuAD F1") == "SQuAD"
    assert not is_metric("SQuAD F1")


def test_an_arrow_says_which_is_better_and_one_against_the_metric_leaves_it_open() -> None:
    assert better_of(metric_named("WER"), "WER") == "lower"
    assert better_of(metric_named("Zap score"), "Zap score $\\downarrow$") == "lower"
    assert better_of(metric_named("Zap score"), "Zap score") == ""
    assert better_of(metric_named("accuracy"), "accuracy ↓") == ""


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("# params", True), ("Time (s)", True), ("bytes", True), ("$d_k$", True), ("EN-DE", False), ("CIFAR-10", False)],
)
def test_sizes_and_times_are_quantities(text: str, is_one: bool) -> None:
    assert is_quantity(text) == is_one
