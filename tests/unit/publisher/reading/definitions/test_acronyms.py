"""Acronyms have the long form that stands beside them, or none."""

import pytest

from services.publisher.reading.definitions.acronyms import acronyms_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("We use a convolutional neural network (CNN) here.", [("CNN", "convolutional neural network")]),
        ("Recurrent neural networks (RNNs) are slow.", [("RNN", "Recurrent neural networks")]),
        ("the *Bilingual Evaluation Understudy* (BLEU) score", [("BLEU", "Bilingual Evaluation Understudy")]),
        ("mean average precision (mAP)", [("mAP", "mean average precision")]),
        ("GPUs (graphics processing units) are used", [("GPU", "graphics processing units")]),
        ("area under the curve (AUC, higher is better)", [("AUC", "area under the curve")]),
        (
            "non-photochemical laser induced nucleation (NPLIN)",
            [("NPLIN", "non-photochemical laser induced nucleation")],
        ),
        ("as in earlier work (Fig. 2), (2017), (see below), (III) and (Smith)", []),
        ("an unrelated phrase (XYZ)", []),
        ("the CNN (see Section 2)", []),
        ("lines $LCP_a$ (LCP)", []),
        ("(", []),
    ],
)
def test_what_a_sentence_says_of_acronyms(text: str, found: list[tuple[str, str]]) -> None:
    assert [(acronym.short, acronym.long) for acronym in acronyms_of(text)] == found


def test_a_short_form_is_found_where_it_stands() -> None:
    text = "A graph neural network (GNN) and GPUs (graphics processing units)."
    for acronym in acronyms_of(text):
        assert text[acronym.at :].startswith(acronym.short)
