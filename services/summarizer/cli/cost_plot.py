"""The cost of models over time: bars in the terminal, or a picture. Where no price is known, tokens are shown."""

from collections.abc import Sequence
from pathlib import Path

from services.summarizer.cli.spending import Costs
from shared.errors import PapersysError

_COLUMNS = 50
FORMATS = (".png", ".svg")


def has_prices(groups: Sequence[Costs]) -> bool:
    """Whether there is a cost to draw; else tokens are."""
    return any(group.cost > 0 for group in groups)


def draw_bars(groups: Sequence[Costs]) -> str:
    """A bar for each group, with its cost."""
    priced = has_prices(groups)
    values = [_value(group, priced) for group in groups]
    top, width = max(values, default=0.0), max((len(_label(group)) for group in groups), default=0)
    lines = [
        f"{_label(group):<{width}} |{'█' * round(value / top * _COLUMNS) if top else ''} {_shown(group, priced)}"
        for group, value in zip(groups, values, strict=True)
    ]
    return "\n".join(["Cost" if priced else "Tokens", *lines])


def write_picture(path: Path, groups: Sequence[Costs]) -> None:
    """Bars as PNG or SVG: the first key along the axis, the others stacked. Raises PapersysError."""
    if path.suffix.lower() not in FORMATS:
        raise PapersysError(f"--plot writes {' or '.join(FORMATS)} files; {path} is neither.")
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise PapersysError("--plot needs matplotlib; install it with: pip install 'papersys[plot]'") from error
    priced = has_prices(groups)
    picture = Figure(figsize=(11, 4.5), layout="constrained")
    axes = picture.subplots()
    firsts = list(dict.fromkeys(group.keys[0] for group in groups))
    bottoms = dict.fromkeys(firsts, 0.0)
    for rest in dict.fromkeys(group.keys[1:] for group in groups):
        values = {group.keys[0]: _value(group, priced) for group in groups if group.keys[1:] == rest}
        heights = [values.get(first, 0.0) for first in firsts]
        axes.bar(firsts, heights, bottom=[bottoms[first] for first in firsts], label=_plain(" · ".join(rest)) or None)
        bottoms = {first: bottoms[first] + height for first, height in zip(firsts, heights, strict=True)}
    unknown = sum(group.unknown for group in groups)
    axes.set_ylabel("cost" if priced else "tokens")
    axes.set_title(f"{unknown:,} calls of unknown cost are not in it" if unknown and priced else "")
    axes.tick_params(axis="x", rotation=30)
    if any(group.keys[1:] for group in groups):
        axes.legend(fontsize="small")
    try:
        picture.savefig(path, dpi=120)
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error


def _value(group: Costs, priced: bool) -> float:
    return group.cost if priced else float(group.input_tokens + group.output_tokens)


def _shown(group: Costs, priced: bool) -> str:
    return group.shown_cost if priced else f"{group.input_tokens + group.output_tokens:,}"


def _label(group: Costs) -> str:
    return " · ".join(group.keys)


def _plain(text: str) -> str:
    """matplotlib takes dollar signs for formulas, and a leading underscore for what is not shown."""
    return text.replace("$", r"\$").lstrip("_")
