"""One statement a field, and no statement under two: sentences are given out so that the fields together gain most."""

from collections.abc import Mapping, Sequence

import numpy as np

from services.summarizer.roles.features import Array

_CANDIDATES = 5


def assign(probabilities: Mapping[str, Array]) -> dict[str, int]:
    """A row for each field, all different; a field for which no row is left gets none.

    What is summed is the square root of the probabilities: a field that is sure gives way less than one that is not,
    and a field's second choice still counts.
    """
    choices = {
        field: [int(row) for row in np.argsort(-shares, kind="stable")[:_CANDIDATES]]
        for field, shares in probabilities.items()
    }
    gains = {field: np.sqrt(shares) for field, shares in probabilities.items()}
    return _best(list(choices), choices, gains, frozenset())[1]


def _best(
    fields: Sequence[str], choices: Mapping[str, list[int]], gains: Mapping[str, Array], taken: frozenset[int]
) -> tuple[float, dict[str, int]]:
    if not fields:
        return 0.0, {}
    field, *others = fields
    options = []
    for row in (*(row for row in choices[field] if row not in taken), None):
        gain, rest = _best(others, choices, gains, taken if row is None else taken | {row})
        options.append((gain, rest) if row is None else (gain + float(gains[field][row]), {field: row, **rest}))
    return max(options, key=lambda option: option[0])
