"""What a bundle says to people: its README, and the report of an import."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from shared.text.safe.plain_text import shortened

if TYPE_CHECKING:
    from deploy.bundles.archive.package import Package
    from deploy.bundles.datasets.dataset import Dataset
    from deploy.bundles.tally import Tally

_SHOWN = 10
_COLUMNS = ("new", "newer", "same", "older", "refused")


def first_line(error: Exception) -> str:
    """What is wrong, on one line; of several problems the first."""
    errors = getattr(error, "errors", None)
    if callable(errors):
        first = errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}".removeprefix(": ")
    return shortened(str(error), 200)


def whose(user: str) -> str:
    """`everything`, or `what anna left`."""
    return f"the data of {user}" if user else "the data of everybody"


def readme_of(package: "Package", datasets: Iterable["Dataset"]) -> str:
    """A page for whoever opens the archive without papersys."""
    described = {resource.dataset for resource in package.resources}
    lines = [
        f"# {package.title}",
        "",
        f"Made at {package.created:%Y-%m-%d %H:%M} UTC by papersys {package.version}. This is a Data Package",
        "(https://datapackage.org): `datapackage.json` describes every file with its columns, size and SHA-256.",
        "Read ids as text: as a number, `2410.12850` becomes `2410.1285`.",
        "",
        "| dataset | holds |",
        "|---|---|",
        *(f"| `{dataset.name}` | {dataset.about} |" for dataset in datasets if dataset.name in described),
        "",
        "`papersys bundle import FILE` merges it into another papersys. It holds no password, token or key.",
        "",
    ]
    return "\n".join(lines)


def report_lines(tallies: Iterable["Tally"]) -> Iterator[str]:
    """A table of what became of the rows, then what was told differently, then what was refused."""
    shown = [tally for tally in tallies if any(getattr(tally, column) for column in _COLUMNS)]
    width = max((len(tally.dataset) for tally in shown), default=0)
    yield f"{'':<{width}}" + "".join(f"{column:>10}" for column in _COLUMNS)
    for tally in shown:
        yield f"{tally.dataset:<{width}}" + "".join(f"{getattr(tally, column):>10,}" for column in _COLUMNS)
    yield from _listed("Told differently in the two places", [text for tally in shown for text in tally.conflicts])
    yield from _listed("Refused", [text for tally in shown for text in tally.problems])


def _listed(title: str, texts: list[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield f"{title}:"
        yield from (f"  {text}" for text in texts[:_SHOWN])
    if len(texts) > _SHOWN:
        yield f"  ... and {len(texts) - _SHOWN:,} more; --json lists them"
