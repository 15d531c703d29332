"""Metrics by the words that tables use for them, and which of two values is the better one."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from services.summarizer.results.datasets import rows_of
from shared.store.papers.results import Better


class Metric(NamedTuple):
    name: str
    better: Better


class _Known(NamedTuple):
    metric: Metric
    pattern: re.Pattern[str]


_AT = {
    "nDCG": r"n?dcg",
    "recall": r"(?:r|recall)",
    "precision": r"(?:p|precision)",
    "hit rate": r"(?:hits?|hr|hit rate)",
    "pass": r"pass",
    "mAP": r"m-?ap",
    "MRR": r"mrr",
}
_BETTER: Mapping[str, Better] = {"lower": "lower", "higher": "higher", "-": ""}
_START, _END = r"(?<![\w\\^-])\$?", r"(?!\$?\s?[_^])\$?(?![\w^-]|\.\d)"
"""What goes on in an index is another metric: `AP$_S$` is no AP."""


def _compiled(name: str, better: Better, pattern: str) -> _Known:
    return _Known(Metric(name, better), re.compile(f"{_START}(?:{pattern}){_END}", re.I))


_KNOWN = tuple(_compiled(name, _BETTER[better], pattern) for name, better, pattern in rows_of("metric_names.txt"))
_AT_K = {name: re.compile(rf"{_START}{pattern}\s?@\s?(\d{{1,4}}){_END}", re.I) for name, pattern in _AT.items()}
_AS_WRITTEN = "em map ter per cer ap las mos spice comet meteor ece dice mae auc"
"""Words that are also others: they count as metrics only where they are written as such, with capitals."""
_CHANGES = re.compile(
    r"\b(?:drop|gain|improvement|increase|decrease|reduction|diff(?:erence)?|delta|std|variance of|gap|relative)\b"
    r"|[Δ∆]|\\Delta\b",
    re.I,
)
_KEPT_TEXTS = 4_096
"""Headings repeat: what a text names is found once."""
_UP, _DOWN = re.compile(r"\\uparrow|↑|higher is better"), re.compile(r"\\downarrow|↓|lower is better")
_QUANTITY = re.compile(
    r"#|\b(?:params?|parameters?|bytes?|size|time|runtime|seconds?|hours?|min(?:utes)?|epochs?|steps?|iterations?|layers?"
    r"|dim(?:ension)?s?|flops?|macs|gpus?|memory|cost|years?|number|count|types|samples?|examples?|sentences|images"
    r"|tokens|words|nodes|edges|classes|users|items|studies|patients|n|k|seed|batch|lr|learning rate|length|width|depth"
    r"|heads|rank|age|id|mass|redshift)\b|^\$",
    re.I,
)


@lru_cache(maxsize=_KEPT_TEXTS)
def metrics_in(text: str) -> tuple[Metric, ...]:
    """The metrics that a text names, in its order, the longest name of each place; a change of one is none."""
    if _CHANGES.search(text):
        return ()
    spans: list[tuple[int, int, Metric]] = []
    for name, pattern in _AT_K.items():
        spans += [
            (match.start(), match.end(), Metric(f"{name}@{match[1]}", "higher")) for match in pattern.finditer(text)
        ]
    for known in _KNOWN:
        spans += [
            (match.start(), match.end(), known.metric) for match in known.pattern.finditer(text) if _is_meant(match[0])
        ]
    found: list[tuple[int, Metric]] = []
    for start, end, metric in spans:
        longer = any(other[0] <= start and end <= other[1] and (end - start) < (other[1] - other[0]) for other in spans)
        if not longer and metric not in [one for _, one in found]:
            found.append((start, metric))
    return tuple(metric for _, metric in sorted(found, key=lambda one: one[0]))


@lru_cache(maxsize=_KEPT_TEXTS)
def without_metrics(text: str) -> str:
    """What a heading says beside its metric, arrows and per cent."""
    for pattern in (*_AT_K.values(), *(known.pattern for known in _KNOWN)):
        text = pattern.sub(lambda match: " " if _is_meant(match[0]) else match[0], text)
    text = re.sub(r"\(\s*(?:\\?%|in %)?\s*\)|\\?%|\$?\\(?:up|down)arrow\$?|[↑↓]|\[\s*\\?%?\s*\]", " ", text)
    return " ".join(text.split()).strip(" ,;:-–/|()")


def is_metric(text: str) -> bool:
    """Whether a heading is a metric and nothing else."""
    return len(metrics_in(text)) == 1 and not without_metrics(text)


def better_of(metric: Metric, *headings: str) -> Better:
    """Which value is better: an arrow in the headings says so, or what is known of it; none where they differ."""
    text = " ".join(headings)
    arrow: Better = "higher" if _UP.search(text) else "lower" if _DOWN.search(text) else ""
    if _UP.search(text) and _DOWN.search(text):
        return metric.better
    return arrow if not metric.better else metric.better if arrow in ("", metric.better) else ""


@lru_cache(maxsize=_KEPT_TEXTS)
def is_quantity(text: str) -> bool:
    """Whether a heading names what is counted or measured otherwise, and no metric of a caption applies to it."""
    return _QUANTITY.search(text) is not None


def metric_named(name: str) -> Metric:
    """A metric by any of its names; one that is not known is itself, without a direction."""
    found = metrics_in(name)
    return found[0] if len(found) == 1 and not without_metrics(name) else Metric(" ".join(name.split()), "")


def _is_meant(text: str) -> bool:
    word = text.strip("$ ")
    return word.casefold() not in _AS_WRITTEN.split() or not word.islower()
