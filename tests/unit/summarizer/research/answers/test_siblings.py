"""Names of the same kind."""

import pytest

from services.summarizer.research.answers.siblings import are_siblings, sibling_among


@pytest.mark.parametrize(
    ("one", "other", "are"),
    [
        ("English-to-German", "English-to-French", True),
        ("ResNet-50", "ResNet-152", True),
        ("GPT-3", "GPT-4", True),
        ("BERT", "RoBERTa", False),
        ("BERT", "DistilBERT", True),
        ("CIFAR-10", "CIFAR-100", True),
        ("CIFAR-10", "CIFAR-10", False),
        ("BLEU", "WMT", False),
        ("Transformer", "LSTM", False),
    ],
)
def test_names_that_share_a_part_are_siblings(one: str, other: str, are: bool) -> None:
    assert are_siblings(one, other) == are_siblings(other, one) == are


def test_a_name_that_the_claim_has_is_no_sibling_instead_of_another() -> None:
    assert sibling_among(["ResNet-50"], ["ResNet-152"], "ResNet-50 has 3.5 % errors") == "ResNet-152"
    assert sibling_among(["ResNet-50"], ["ResNet-152"], "ResNet-50 and ResNet-152 have 3.5 % errors") == ""
