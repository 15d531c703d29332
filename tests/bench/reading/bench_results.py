"""Results of tables in real e-prints, against their LaTeX source read another way.

`python -m tests.bench.reading.bench_results`

Each e-print is converted as the fetcher does it, and its tables are read as the summarizer does it. Beside that stands
a second reading, of the source as the authors wrote it: `tabular`s cut at `&` and `\\\\`, layout taken out. It shares
no code with what it checks. A cell is exact where its value and uncertainty stand in the table of the source, digit for
digit and in the same order. A sample for checking by hand is printed last: task, data set, metric and split.
"""

import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from pathlib import Path

from services.fetcher.commands.conversion import convert
from services.fetcher.documents.sources.eprint import SourceRefused, open_source
from services.summarizer.results.extraction import named_tables, record_of
from shared.store.papers.metadata import Paper
from shared.store.papers.results import PaperResults, Result, ResultTable

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
SAMPLE = 30
Key = tuple[str, str]
_TABULAR = re.compile(r"\\begin\{(tabular\*?|tabularx|longtable|deluxetable\*?)\}(.*?)\\end\{\1\}", re.S)
_KEPT = re.compile(
    r"\\(?:textbf|mathbf|bf|boldmath|bm|emph|textit|underline|mathrm|text|rm|it|small|footnotesize|scriptsize)(?![a-zA-Z])"
)
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:(?:,|\{,\})\d{3})+|\d+)?(?:\.\d+)?")
_AS_RESULT = re.compile(
    rf"(?P<number>{_NUMBER.pattern})(?:(?:(?:\\times|\\cdot)10\^\{{?|e)(?P<power>-?\d+)\}}?)?"
    r"(?:\\?%(?=\\pm))?(?:(?:_\{)?(?:\\pm|±)(?P<pm>\d*\.?\d+)(?:\\?%)?\}?)?(?P<unit>\\?%|K|M|B)?(?:\([-+]\d*\.?\d+\))?"
)


def sources() -> list[Path]:
    """Every e-print at hand: archives, folders of edge cases; and the papers of the demo, which the project wrote."""
    demo = sorted(path for path in (ROOT / "deploy/demo/corpus/sources").glob("*") if path.is_dir())
    return [
        *demo,
        *sorted(DATA.glob("latex/*.gz")),
        *sorted(path for path in DATA.glob("latex/edge_cases/*") if path.is_dir()),
    ]


def source_text(path: Path) -> str:
    """The TeX of a paper from the file that begins it, what it inputs in its place, comments gone."""
    if path.is_dir():
        files = {file.relative_to(path).as_posix(): file.read_bytes() for file in sorted(path.rglob("*.tex"))}
    else:
        try:
            files = dict(open_source(path.read_bytes()).files)
        except SourceRefused:
            return ""
    texts = {name: re.sub(r"(?<!\\)%[^\n]*\n?", "", content.decode("latin-1")) for name, content in files.items()}
    main = [name for name, text in texts.items() if "\\begin{document}" in text or "\\documentstyle" in text]
    return _with_inputs(texts, texts[main[0]], 0) if main else "\n".join(texts.values())


def _with_inputs(texts: Mapping[str, str], text: str, depth: int) -> str:
    def inserted(match: re.Match[str]) -> str:
        name = match[1].strip()
        found = texts.get(name, texts.get(f"{name}.tex"))
        return match[0] if found is None or depth > 5 else _with_inputs(texts, found, depth + 1)

    return re.sub(r"\\(?:input|include)\s*\{([^{}]+)\}", inserted, text)


def written_numbers(text: str) -> list[list[Key]]:
    """For each table of a source the numbers of its cells in order, as they stand there."""
    found = []
    for match in _TABULAR.finditer(text):
        cells = [
            bare(cell) for row in re.split(r"\\\\|\\tabularnewline", match[2]) for cell in re.split(r"(?<!\\)&", row)
        ]
        numbers = [key for cell in cells if (key := key_of(cell)) is not None]
        if numbers:
            found.append(numbers)
    return found


def key_of(cell: str) -> Key | None:
    """Value and uncertainty of a cell of the source, digit for digit."""
    match = _AS_RESULT.fullmatch(cell)
    if match is None or not match["number"]:
        return None
    value = Decimal(re.sub(r",|\{,\}", "", match["number"]))
    uncertainty = match["pm"] and str(Decimal(match["pm"]))
    return str(value.scaleb(int(match["power"])) if match["power"] else value), uncertainty or ""


def bare(cell: str) -> str:
    """A cell without layout: rules, spans, emphasis, footnote marks and spaces."""
    cell = re.sub(
        r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^}]*\}|cmidrule(?:\([^)]*\))?\{[^}]*\}|specialrule(?:\{[^}]*\}){3})",
        "",
        cell,
    )
    cell = re.sub(
        r"\\(?:rule\{[^}]*\}\{[^}]*\}|vspace\{[^}]*\}|cite[a-z]*\{[^}]*\}|multirow\{[^}]*\}\{[^}]*\}|cellcolor\{[^}]*\}|textsuperscript\{[^}]*\})",
        "",
        cell,
    )
    cell = re.sub(r"\\multicolumn\{[^}]*\}\{[^}]*\}", "", cell)
    cell = _KEPT.sub("", cell.replace("$", "").replace("~", ""))
    cell = re.sub(r"\^\{?(?:\\[a-z]+|[a-z*,]+)\}?", "", cell)
    cell = re.sub(r"(?<!\d)\s+|\s+(?!\d)", "", cell)
    for _ in range(3):
        cell = re.sub(r"^\{(.*)\}$", r"\1", cell)
    return re.sub(r"(?<![_^0-9])\{([-\d.,\\%]+)\}", r"\1", cell)


def compared(record: PaperResults, written: list[list[Key]]) -> tuple[int, int, list[str]]:
    """Cells that are exact, those of the source that are not stored, and what differs.

    Each table is laid beside that of the source which it shares most with, number by number in their order.
    """
    exact, odd, left = 0, [], list(written)
    for table in record.tables:
        results = sorted(table.results, key=lambda result: result.start or 0)
        keys = [(result.value, result.uncertainty) for result in results]
        matchers = [SequenceMatcher(None, keys, numbers, autojunk=False) for numbers in left]
        best = max(range(len(left)), key=lambda index: matchers[index].ratio(), default=None)
        if best is None or not matchers[best].ratio():
            odd += [f"{result.cell} is in no table" for result in results]
            continue
        for kind, start, end, other, other_end in matchers[best].get_opcodes():
            exact += (end - start) if kind == "equal" else 0
            if kind != "equal":
                odd.append(f"{[result.cell for result in results[start:end]]} for {left[best][other:other_end]}")
        left.pop(best)
    return exact, sum(map(len, written)) - exact, odd


def read(path: Path) -> tuple[PaperResults, str]:
    """The results of an e-print, and the text that their places are in."""
    outcome = convert(path)
    title = outcome.markdown.partition("\n")[0].lstrip("# ")
    abstract = next((section.text for section in outcome.sections if section.title.lower().startswith("abstract")), "")
    paper = Paper("2601.00001", 1, title, abstract, (), (), "", datetime.now(UTC), datetime.now(UTC))
    tables = named_tables(outcome.markdown, outcome.captions)
    return record_of(paper, 1, outcome.route or "", tables, datetime.now(UTC)), outcome.markdown


def sampled(results: list[tuple[str, ResultTable, Result]]) -> Iterator[str]:
    """Every so many of the named results, for the eye."""
    named = [one for one in results if one[2].metric]
    for name, table, result in named[:: max(1, len(named) // SAMPLE)]:
        said = " | ".join((result.task or "-", result.dataset or "-", result.metric, result.split or "-"))
        yield f"{name} {table.name}: {result.cell} [{result.place}] => {said}{' | own' if result.is_own else ''}"


def main() -> None:
    rows, everything, sums = [], [], Counter[str]()
    for path in sources():
        started = time.monotonic()
        text = source_text(path)
        written = written_numbers(text)
        if not written and path.is_dir():
            sums["without tables"] += 1
            continue
        record, markdown = read(path)
        stored = sum(len(table.results) for table in record.tables)
        exact, missing, odd = compared(record, written)
        placed = sum(
            markdown[result.start : result.end] == result.cell for _, result in record.all() if result.start is not None
        )
        everything += [(path.name, table, result) for table, result in record.all()]
        named = sum(bool(result.metric) for _, result in record.all())
        sums.update({"stored": stored, "exact": exact, "missing": missing, "placed": placed, "named": named})
        rows.append(
            {"paper": path.name, "tables": len(record.tables), "stored": stored, "exact": exact, "missing": missing}
        )
        print(
            f"{path.name:28} {len(written)} tables in the source, {len(record.tables)} read; {stored} cells, "
            f"{exact} exact, {missing} of the source not stored, {placed} in place, {named} named; "
            f"{time.monotonic() - started:.1f} s"
        )
        for one in odd[:5]:
            print(f"    differs: {one}")
    print(
        f"\nIn all: {sums['stored']} cells, {sums['exact']} exact against the source, {sums['placed']} in place, "
        f"{sums['missing']} not stored, {sums['named']} named; {sums['without tables']} sources without tables"
    )
    print("\nTo be checked by hand (task | data set | metric | split):")
    for line in sampled(everything):
        print(line)
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps({"papers": rows, "sums": dict(sums)}, indent=1), "utf-8")


if __name__ == "__main__":
    main()
