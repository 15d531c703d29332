"""A migration in words, for the command line."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from deploy.migrating.manifest import FileEntry, MigrationManifest, TagCounts, VectorEntry
from shared.contracts.people.importing import ImportReport, Notes

_SHOWN = 10
_SHOWN_FILES = 12
_WHAT = {"table": "rows", "summaries": "summaries", "ratings": "ratings", "keywords": "keywords"}


def lines_of(manifest: MigrationManifest, *, dry_run: bool) -> Iterator[str]:
    """What was found, what each column is read as, what is taken, and what a person should look at."""
    yield f"{manifest.source}{f' at {manifest.revision[:12]}' if manifest.revision else ''}"
    yield from _files(manifest)
    yield from _schema(manifest)
    yield ""
    verb = "Would take" if dry_run else "Taken"
    yield from _papers(manifest, verb)
    yield from _vectors(manifest, verb)
    yield from _tags(manifest.tags)
    if manifest.ratings is not None:
        yield from _ratings(manifest.ratings, verb)
    yield from _problems(manifest)


def has_failed(manifest: MigrationManifest) -> bool:
    """Whether a file that should be taken could not be."""
    return any(entry.why_not and entry.form != "not taken" for entry in manifest.files)


def _files(manifest: MigrationManifest) -> Iterator[str]:
    for form, what in _WHAT.items():
        entries = [entry for entry in manifest.files if entry.form == form]
        if entries:
            rows = sum(entry.rows for entry in entries)
            size = sum(entry.bytes for entry in entries)
            files = "1 file" if len(entries) == 1 else f"{len(entries):,} files"
            kind = "Parquet, " if form == "table" else ""
            yield f"  {files}: {kind}{rows:,} {what} ({_bytes(size)})"
    left = [entry for entry in manifest.files if entry.form == "not taken"]
    for why, count in Counter(entry.why_not for entry in left).most_common(_SHOWN):
        first = next(entry.name for entry in left if entry.why_not == why)
        yield f"  not taken: {first}{f' and {count - 1:,} more' if count > 1 else ''}: {why}"


def _schema(manifest: MigrationManifest) -> Iterator[str]:
    """Each column once with what it is read as, and the files that lack it."""
    for form, what in (("table", "Columns"), ("summaries", "Fields of summaries")):
        entries = [entry for entry in manifest.files if entry.form == form and not entry.why_not]
        if not entries:
            continue
        yield ""
        yield f"{what}:"
        taken: dict[tuple[str, str], list[str]] = defaultdict(list)
        for entry in entries:
            for column, meaning in entry.columns.items():
                taken[column, meaning].append(entry.name)
        for (column, meaning), names in taken.items():
            yield f"  {column:<22} {meaning}{_where(column, names, entries)}"
        for (column, why), names in _left(entries).items():
            yield f"  {column:<22} NOT TAKEN{f' in {_names(names)}' if len(names) < len(entries) else ''}: {why}"


def _where(column: str, names: list[str], entries: list[FileEntry]) -> str:
    """The files that lack a column, or those where it is so, where it is not everywhere the same."""
    having = [entry.name for entry in entries if column in entry.columns]
    if len(names) < len(having):
        return f"  (in {_names(names)})"
    lacking = [entry.name for entry in entries if column not in entry.columns]
    return f"  (not in {_names(lacking)})" if lacking else ""


def _left(entries: list[FileEntry]) -> dict[tuple[str, str], list[str]]:
    left: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        for column, why in entry.not_taken.items():
            left[column, why].append(entry.name)
    return left


def _papers(manifest: MigrationManifest, verb: str) -> Iterator[str]:
    for form, what in (("table", "papers"), ("summaries", "summaries")):
        entries = [entry for entry in manifest.files if entry.form == form]
        if not entries:
            continue
        counts = {name: sum(getattr(entry, name) for entry in entries) for name in _COUNTS}
        parts = [f"{counts[name]:,} {text}" for name, text in _COUNTS.items() if counts[name] or name == "kept"]
        yield f"{verb} {what}: {', '.join(parts)}."


_COUNTS = {
    "kept": "new",
    "known": "stored before",
    "doubled": "doubled",
    "repaired": "with ids repaired",
    "refused": "refused",
}


def _vectors(manifest: MigrationManifest, verb: str) -> Iterator[str]:
    columns: dict[str, list[VectorEntry]] = defaultdict(list)
    for entry in manifest.files:
        for vectors in entry.vectors.values():
            columns[vectors.alias].append(vectors)
    for alias, parts in columns.items():
        sums = {name: sum(getattr(part, name) for part in parts) for name in _VECTOR_COUNTS}
        shown = [f"{sums[name]:,} {text}" for name, text in _VECTOR_COUNTS.items() if sums[name] or name == "kept"]
        dimension = max(part.dimension for part in parts)
        yield f"{verb} vectors, embeddings/{alias} ({dimension} numbers each): {', '.join(shown)}."


_VECTOR_COUNTS = {
    "kept": "new",
    "known": "stored before",
    "doubled": "doubled",
    "null": "missing (null)",
    "zero": "missing (zeros)",
    "not_finite": "missing (NaN or infinite)",
    "wrong_length": "of another length",
    "without_id": "of rows without an id",
    "scaled": "scaled to length 1",
}


def _tags(tags: TagCounts | None) -> Iterator[str]:
    if tags is None or not (tags.phrases or tags.tree):
        return
    tree = f"{tags.tree:,} of the tree are tags; " if tags.tree else ""
    yield (
        f"Keywords: {tree}of {tags.phrases:,} in summaries {tags.matched:,} are tags, {tags.waiting:,} wait for a "
        f"second paper, {tags.left_out:,} left out (too general, or categories)."
    )


def _ratings(report: ImportReport, verb: str) -> Iterator[str]:
    parts = [f"{report.likes:,} likes", f"{report.dislikes:,} dislikes", f"{report.skips:,} neutral, kept as skipped"]
    beside = {
        "said before": report.repeated,
        "doubled": report.doubled,
        "contradicting": report.conflicting.total,
        "where your rating here stays": report.kept.total + report.neutral_but_rated + report.earlier,
        "without a rating (unknown)": report.without_rating,
        "ids repaired": report.repaired.total,
        "waiting until arXiv confirms a repaired id": report.waiting.total,
        "of no known paper": report.not_found.total,
    }
    shown = [f"{count:,} {text}" for text, count in beside.items() if count]
    yield f"{verb} ratings: {', '.join(parts)}{'; ' if shown else ''}{', '.join(shown)}."
    lists: tuple[tuple[Notes, str], ...] = (
        (report.conflicting, "Contradictions; the later file, or line, counts"),
        (report.not_found, "No paper found"),
    )
    for notes, title in lists:
        if notes.total:
            yield f"{title}:"
            yield from (
                f"  {note.file}, line {note.line}: {note.paper_id} {note.text}" for note in notes.first[:_SHOWN]
            )
            yield from [f"  ... and {notes.total - _SHOWN:,} more"] if notes.total > _SHOWN else []


def _problems(manifest: MigrationManifest) -> Iterator[str]:
    failed = [entry for entry in manifest.files if entry.why_not and entry.form != "not taken"]
    if failed:
        yield ""
        yield "Files that could not be taken:"
        yield from (f"  {entry.name}: {entry.why_not}" for entry in failed)
    with_problems = [entry for entry in manifest.files if entry.problems]
    if not with_problems:
        return
    count = sum(entry.problems_in_all for entry in with_problems)
    shown = [f"  {entry.name}, {problem}" for entry in with_problems for problem in entry.problems][:_SHOWN]
    yield ""
    yield f"Rows to look at ({count:,}; the manifest names the first 200 of each file):"
    yield from shown
    if count > len(shown):
        yield f"  ... and {count - len(shown):,} more"


def _names(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN_FILES]) + (
        f" and {len(names) - _SHOWN_FILES} more" if len(names) > _SHOWN_FILES else ""
    )


def _bytes(size: int) -> str:
    return f"{size / 1024**3:.1f} GB" if size >= 1024**3 else f"{size / 1024**2:.1f} MB"
