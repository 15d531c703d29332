"""Data sets, tasks, splits and languages by the words of papers."""

import pytest

from services.summarizer.results.datasets import datasets_in, pairs_in, said_datasets, splits_in, tasks_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("results on SQuAD v1.1 and SQuAD 2.0", ["SQuAD 1.1", "SQuAD 2.0"]),
        ("CIFAR-10/CIFAR-100", ["CIFAR-10", "CIFAR-100"]),
        ("ImageNet-C", ["ImageNet-C"]),
        ("Tiny-ImageNet", ["Tiny ImageNet"]),
        ("WMT 2014 English-German", ["WMT14"]),
        ("newstest2014", ["WMT14"]),
        ("WSJ 23", ["WSJ"]),
        ("a math problem, a race, a cola", []),
    ],
)
def test_known_data_sets(text: str, names: list[str]) -> None:
    assert [dataset.name for dataset in datasets_in(text)] == names


def test_directions_of_translation() -> None:
    assert pairs_in("English-to-German and EN-FR") == ("EN-DE", "EN-FR")


def test_a_name_that_the_paper_calls_a_data_set() -> None:
    text = "We use the ReefWatch benchmark. The dataset is large. On the Foo-Bar dataset we fail."
    assert said_datasets(text) == {"reefwatch": "ReefWatch", "foo-bar": "Foo-Bar"}


def test_tasks_and_splits() -> None:
    assert tasks_in("visual question answering") == ("visual question answering",)
    assert tasks_in("English constituency parsing") == ("constituency parsing",)
    assert splits_in("development set") == ("dev",)
    assert splits_in("COCO test-dev") == ("test", "dev")
