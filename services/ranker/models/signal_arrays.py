"""What signals add to a fitted taste, as a record and named numpy arrays, and back again. Pure."""

from datetime import datetime
from typing import Any

import numpy as np

from services.ranker.features.paper_features import nearness_of
from services.ranker.features.signal_effect import SignalEffect
from services.ranker.features.weak_signals import WEAK_SIGNALS
from services.ranker.learning.similarity import Pool, Projector


def signal_record(effect: SignalEffect | None) -> dict[str, Any]:
    """For people to read; nothing where signals are not used."""
    if effect is None:
        return {}
    pools = effect.nearness.pools
    return {
        "signals": {
            "moment": effect.nearness.moment.isoformat(),
            "weights": dict(zip(WEAK_SIGNALS, effect.weights.tolist(), strict=True)),
            "names": {kind: list(pools[kind].names) for kind in WEAK_SIGNALS},
        }
    }


def signal_arrays(effect: SignalEffect | None) -> dict[str, Any]:
    """Vectors and weights of the papers; nothing where signals are not used."""
    pools = effect.nearness.pools if effect is not None else {}
    vectors = {f"signals_{kind}_vectors": pool.vectors for kind, pool in pools.items()}
    return vectors | {f"signals_{kind}_weights": pool.weights for kind, pool in pools.items()}


def signal_effect_from(record: dict[str, Any], arrays: dict[str, Any], projector: Projector) -> SignalEffect | None:
    """None in models without it."""
    if not (stored := record.get("signals")):
        return None
    pools = {
        kind: Pool(tuple(stored["names"][kind]), arrays[f"signals_{kind}_vectors"], arrays[f"signals_{kind}_weights"])
        for kind in WEAK_SIGNALS
    }
    weights = np.array([stored["weights"][kind] for kind in WEAK_SIGNALS], dtype=np.float64)
    return SignalEffect(weights, nearness_of(datetime.fromisoformat(stored["moment"]), pools, projector))
