"""Sentences chosen by role against the spans that people marked in 360 abstracts; the weights never saw these."""

import numpy as np
import pytest

from services.summarizer.roles.table import ranked_fields
from tests.support.folders.real_data import real_data
from tests.support.papers.role_spans import FIELDS, agreement, at_one_position, read_marked

pytestmark = [pytest.mark.real, pytest.mark.proof]


def test_the_first_sentence_of_each_field_agrees_with_what_people_marked() -> None:
    marked = read_marked(real_data("fields", "abstract_spans_dev.csv"))
    ours = np.nanmean(
        agreement(marked, lambda text: {name: ranked[0] for name, ranked in ranked_fields(text).items()}), axis=0
    )
    plain = np.nanmean(agreement(marked, at_one_position), axis=0)
    for label, share, position in zip(FIELDS, ours, plain, strict=True):
        print(f"{label}: {share:.3f} (one position: {position:.3f})")
    print(f"mean: {ours.mean():.3f} (one position: {plain.mean():.3f})")
    assert ours.mean() >= 0.71
    assert (ours >= plain).all()
