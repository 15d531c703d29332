"""Conversion of real e-prints beside pandoc alone: python -m tests.bench.reading.bench_conversion [FOLDER]

What comes out is counted here anew, by nothing but its text: words of the source that arrived, TeX commands that are
left outside formulas, formulas.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pypandoc

from services.fetcher.commands.conversion import convert
from services.fetcher.documents.latex.main_file import find_main
from services.fetcher.documents.latex.source_text import flatten
from services.fetcher.documents.sources.eprint import Source, SourceRefused, open_source
from services.fetcher.documents.structure.listings import Listings

ROOT = Path(__file__).parents[3]
DATA = Path(os.environ.get("PAPERSYS_REAL_DATA", ROOT.parent / "shared" / "data"))
_FORMULA = re.compile(r"\$\$.*?\$\$|(?<!\\)\$[^$\n]+(?:\n[^$\n]+){0,5}?\$", re.S)


def source_of(path: Path) -> Source | None:
    try:
        return open_source(path.read_bytes())
    except SourceRefused:
        return None


def words_in_source(source: Source | None) -> Counter[str]:
    """Words of the body that stand in no command's name, formula or comment: a plain reading."""
    main = find_main(source.files) if source else None
    if source is None or main is None:
        return Counter()
    body = flatten(source.files, main, Listings()).partition("\\begin{document}")[2]
    body = re.sub(r"\\begin\{thebibliography\}.*", " ", body, flags=re.S)
    body = re.sub(r"\\begin\{(equation|align|eqnarray|gather|multline)\*?\}.*?\\end\{\1\*?\}", " ", body, flags=re.S)
    body = re.sub(r"\\\[.*?\\\]|\$\$.*?\$\$|(?<!\\)\$[^$]*\$", " ", body, flags=re.S)
    body = re.sub(
        r"\\(?:label|ref|eqref|cite\w*|begin|end|includegraphics|bibliography\w*|input)\*?(?:\[[^\]]*\])?\{[^}]*\}",
        " ",
        body,
    )
    return Counter(re.findall(r"[a-z]{3,}", re.sub(r"\\[a-zA-Z]+", " ", body).lower()))


def counted(markdown: str, source: Counter[str]) -> dict[str, float | int | None]:
    prose = _FORMULA.sub(" ", re.sub(r"(?ms)^```.*?^```", " ", markdown))
    words = Counter(re.findall(r"[a-z]{3,}", re.sub(r"\\[a-zA-Z]+", " ", prose).lower()))
    stray = len(re.findall(r"\\[a-zA-Z]{2,}", prose))
    share = (source & words).total() / source.total() if source else None
    return {
        "words": words.total(),
        "share": share and round(share, 3),
        "stray_per_1000": round(1000 * stray / max(1, words.total()), 2),
        "formulas": len(_FORMULA.findall(markdown)),
    }


def pandoc_alone(source: Source | None) -> tuple[str, str]:
    """What pandoc makes of the main file as it is, with 60 s of time; and what it said."""
    main = find_main(source.files) if source else None
    if source is None or main is None:
        return "", "no TeX"
    with tempfile.TemporaryDirectory() as folder:
        for name, content in source.files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        command = [pypandoc.get_pandoc_path(), "-f", "latex", "-t", "markdown", "--wrap=none", main]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, timeout=60, check=False)
        except subprocess.TimeoutExpired:
            return "", "over 60 s"
    said = " ".join(done.stderr.decode("utf-8", "replace").split())[:60]
    return done.stdout.decode("utf-8", "replace"), "ok" if done.returncode == 0 else said


def row_of(path: Path) -> dict[str, object]:
    source = source_of(path)
    expected = words_in_source(source)
    started = time.monotonic()
    outcome = convert(path)
    seconds = time.monotonic() - started
    alone, said = pandoc_alone(source)
    return {
        "file": path.name, "status": outcome.status, "route": outcome.route, "grade": outcome.grade,
        "seconds": round(seconds, 1), **counted(outcome.markdown, expected), "headings": len(outcome.sections),
        "references": len(outcome.references), "captions": len(outcome.captions), "pandoc_alone": said,
        "pandoc": counted(alone, expected),
    }  # fmt: skip


def main() -> None:
    folders = [Path(name) for name in sys.argv[1:]] or [DATA / "latex", DATA / "pdf"]
    paths = [path for folder in folders for path in sorted(folder.iterdir()) if path.is_file()]
    print(
        f"{'file':28} {'status':10} route grade secs  words share stray maths | pandoc alone: words share stray maths"
    )
    rows = []
    for path in paths:
        row = row_of(path)
        rows.append(row)
        mine = [row[name] for name in ("words", "share", "stray_per_1000", "formulas")]
        alone = counted_row(row)
        print(
            f"{path.name:28} {row['status']:10} {row['route']} {row['grade']} {row['seconds']} {mine} | {alone}",
            flush=True,
        )
    print(json.dumps(rows))


def counted_row(row: dict[str, object]) -> str:
    return f"{row['pandoc_alone']} {row['pandoc']}" if row["pandoc_alone"] == "ok" else str(row["pandoc_alone"])


if __name__ == "__main__":
    main()
