"""Which file of a source is the paper, found as arXiv finds it: https://info.arxiv.org/help/00README.html"""

import json
import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from services.fetcher.documents.latex.source_text import BEGIN, CLASS, decode, input_targets
from services.fetcher.documents.sources.eprint import is_tex
from services.fetcher.documents.structure.listings import Listings

_GOOD_NAMES = ("main", "ms", "paper", "article", "manuscript", "arxiv", "root", "draft", "final", "preprint")
_BAD_NAMES = (
    "supp", "supplement", "supplementary", "appendix", "response", "reply", "cover", "letter", "si", "template",
    "sample", "example", "readme", "instructions", "rebuttal", "diff", "old", "figure", "fig", "table", "macros",
)  # fmt: skip


def find_main(files: Mapping[str, bytes]) -> str | None:
    """The file to be typeset; None where none can be."""
    named = _named_in_readme(files)
    if named is not None:
        return named
    ignored = _ignored_in_readme(files)
    texts = {
        name: Listings().extract_from(decode(content))
        for name, content in files.items()
        if name not in ignored and is_tex(name, content)
    }
    inputs = {target for name, text in texts.items() for target in input_targets(name, text, files)}

    def order(name: str) -> tuple[float, int, str]:
        return -_rank(name, texts[name], name in inputs, files), len(name), name

    return min(texts, key=order, default=None)


def _named_in_readme(files: Mapping[str, bytes]) -> str | None:
    """What the authors tell arXiv in a 00README file of the old or the new kind."""
    return next((name for name in _files_in_readme(files, "toplevel") if name in files), None)


def _ignored_in_readme(files: Mapping[str, bytes]) -> set[str]:
    return set(_files_in_readme(files, "ignore"))


def _files_in_readme(files: Mapping[str, bytes], usage: str) -> list[str]:
    """The files that a 00README gives this usage: lines, JSON or YAML."""
    names: list[str] = []
    for name, content in sorted(files.items()):
        if "/" not in name and name.lower().startswith("00readme"):
            text = content.decode("utf-8", "replace")
            names += [*_json_usage(text, usage), *_line_usage(text, usage), *_yaml_usage(text, usage)]
    return names


def _line_usage(text: str, usage: str) -> list[str]:
    return re.findall(rf"(?m)^[ \t]*(\S+)[ \t]+{usage}(?:file)?[ \t]*\r?$", text)


def _json_usage(text: str, usage: str) -> list[str]:
    try:
        sources = json.loads(text).get("sources", [])
        return [str(item["filename"]) for item in sources if item.get("usage") == usage]
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return []


def _yaml_usage(text: str, usage: str) -> list[str]:
    """Entries like `- filename: main.tex` followed by `usage: toplevel`, in either order."""
    entries = re.split(r"(?m)^\s*-\s+", text)
    named = (
        re.search(r"filename:\s*[\"']?([^\s\"']+)", entry)
        for entry in entries
        if re.search(rf"usage:\s*[\"']?{usage}", entry)
    )
    return [match[1] for match in named if match]


def _rank(name: str, text: str, is_input: bool, files: Mapping[str, bytes]) -> float:
    path = PurePosixPath(name)
    stem = path.stem.lower()
    declared = CLASS.search(text)
    score = 0.0
    if declared is not None:
        score += 100 - (60 if declared[1].strip() in ("subfiles", "standalone", "letter") else 0)
    score += 60 if BEGIN.search(text) else 0
    score += 40 if declared is None and re.search(r"\\(?:bye|enddocument|end)(?![a-zA-Z{])\s*(?:\Z|\n)", text) else 0
    score += 12 if re.search(r"\\(?:maketitle|title|begin\s*\{abstract\}|abstract)(?![a-zA-Z])", text) else 0
    score += 10 if f"{path.with_suffix('')}.bbl" in files else 0
    score += 8 if any(stem.startswith(good) for good in _GOOD_NAMES) else 0
    score -= 15 if any(re.search(rf"(?:^|[^a-z]){bad}(?:[^a-z]|$)", stem) for bad in _BAD_NAMES) else 0
    score -= 10 * (len(path.parts) - 1) + (150 if is_input else 0) + (40 if path.parts[0] == "anc" else 0)
    return score + min(len(text), 200_000) / 100_000
