"""`papersys tags`: list and mend the tag index, and bring any list of raw tags together."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.command_line.context import load, open_text_encoder
from shared.command_line.output import JsonFlag, complaints, print_json, print_text, say, warn
from shared.settings.settings import CommonSettings

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from services.summarizer.tags.corrections import Corrections
    from shared.store.tagging.tag_decisions import TagDecision
    from shared.store.tagging.tag_index import Tag
    from shared.store.tagging.tags import TagStore
    from shared.store.vectors.embeddings import Matrix

app = typer.Typer(no_args_is_help=True, help="List, merge, rename or reject tags; canonicalize a list of raw tags.")
TagName = Annotated[str, typer.Argument(metavar="TAG", help="A tag's name, alias or slug.")]
Why = Annotated[str, typer.Option("--why", help="The reason, kept with the decision.")]
_STATUSES = ("canonical", "waiting", "merged", "rejected", "retired")


@app.command("list")
def list_tags(
    status: Annotated[str, typer.Option(help=f"Only tags that are {', '.join(_STATUSES)}; or all.")] = "canonical",
    unused: Annotated[bool, typer.Option("--unused", help="Also established terms that no paper has yet.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List tags, most used first."""
    if status not in (*_STATUSES, "all"):
        raise typer.BadParameter(f"{status!r} is no status; write one of {', '.join(_STATUSES)}, all.")
    tags = [tag for tag in _store().index().tags.values() if status in ("all", tag.status)]
    shown = sorted((tag for tag in tags if tag.papers or unused or tag.status != "canonical"), key=_by_use)
    if as_json:
        print_json(json.dumps([_facts(tag) for tag in shown], indent=1))
        return
    for tag in shown:
        state = "" if tag.status == "canonical" else f"  ({tag.status}{' into ' + tag.into if tag.into else ''})"
        say(f"{len(tag.papers):>5}  {tag.label}{state}")
    say(f"{len(shown)} tags." if shown else "No tags yet; they come with the first summaries.")


@app.command()
def show(tag: TagName, as_json: JsonFlag = False) -> None:
    """Show a tag: its aliases, papers, and every decision about it."""
    from services.summarizer.tags.corrections import find_tag

    store = _store()
    index = store.index()
    found = index.tags[tag] if tag in index.tags else find_tag(index, tag)
    decisions = [one for one in store.decisions() if found.slug in (one.slug, one.into)]
    undone = {one.undoes for one in store.decisions() if one.action == "undo"}
    if as_json:
        print_json(json.dumps({**_facts(found), "decisions": [_decision_facts(one) for one in decisions]}, indent=1))
        return
    facts = _facts(found)
    for name in ("label", "slug", "status", "into", "description", "aliases", "parents", "first_seen", "papers"):
        value = facts[name]
        text = ", ".join(value) if isinstance(value, list) else str(value)
        if text:
            say(f"{name.replace('_', ' '):<12} {text}")
    for one in decisions:
        say(f"{one.decision_id}  {one.made_at:%Y-%m-%d %H:%M}  {_in_words(one)}" + _undone(one, undone))


@app.command()
def merge(
    tags: Annotated[list[str], typer.Argument(metavar="TAG... INTO", help="Tags, and the tag that they become.")],
    why: Why = "",
    as_json: JsonFlag = False,
) -> None:
    """Merge tags into the last one; every page shows it at once."""
    if len(tags) < 2:
        raise typer.BadParameter("name at least two tags: those to merge, and the one that they become.")
    _say(_corrections().merge(tags[:-1], tags[-1], why), f"Merged {', '.join(tags[:-1])} into", as_json)


@app.command()
def rename(
    tag: TagName,
    label: Annotated[str, typer.Argument(metavar="LABEL", help="The new label; the old one stays an alias.")],
    description: Annotated[str | None, typer.Option(help="What the tag means, for its page.")] = None,
    why: Why = "",
    as_json: JsonFlag = False,
) -> None:
    """Rename a tag; its address stays."""
    renamed = _corrections().rename(tag, label, why)
    if description is not None:
        renamed = _corrections().describe(renamed.slug, description)
    _say(renamed, "Renamed:", as_json)


@app.command()
def reject(tag: TagName, why: Why = "", as_json: JsonFlag = False) -> None:
    """Reject a tag, or a phrase that is none yet: it never becomes one by itself."""
    rejected = _corrections().reject(tag, why)
    if rejected is not None:
        _say(rejected, "Rejected:", as_json)
    elif as_json:
        print_json(json.dumps({"label": tag, "status": "rejected"}))
    else:
        say(f"Rejected: {tag}, which was no tag yet.")


@app.command()
def accept(tag: TagName, why: Why = "", as_json: JsonFlag = False) -> None:
    """Let a tag count that waits, was rejected or retired; or make a new one."""
    _say(_corrections().accept(tag, why), "Accepted:", as_json)


@app.command()
def undo(
    decision: Annotated[
        str | None, typer.Argument(metavar="DECISION", help="An id from `papersys tags show`. Default: the newest.")
    ] = None,
    why: Why = "",
    as_json: JsonFlag = False,
) -> None:
    """Undo a decision; without an id, your newest one, or the sweep's."""
    undone = _corrections().undo(decision, why)
    if as_json:
        print_json(json.dumps(_decision_facts(undone)))
        return
    say(f"Undone: {_in_words(undone)} ({undone.decision_id}).")


@app.command()
def sweep(
    apply: Annotated[bool, typer.Option("--apply", help="Also carry out the proposals that are sure.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Look for tags to merge, split, file under another or retire; proposals only, unless --apply."""
    from services.summarizer.settings import Settings
    from services.summarizer.tags.sweep import Sweeper
    from shared.contracts import now

    apply_sure = apply or load(Settings).summarizer.sweep_applies_sure
    swept = Sweeper(_store(), now).sweep(_encode, apply_sure=apply_sure)
    if as_json:
        print_json(json.dumps([one.model_dump(mode="json") for one in swept.proposals], indent=1))
        return
    for one in swept.proposals:
        say(one.in_words())
    say(f"{len(swept.proposals)} proposals, {swept.applied} carried out.")


@app.command()
def canonicalize(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One raw tag a line.")],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="Write columns raw,canonical to this CSV file.")
    ] = None,
) -> None:
    """Bring raw tags together: for each line its canonical form, one of the file's own; no running system needed."""
    from services.summarizer.tags.canonical_table import (
        canonicalize,
        check_writable,
        read_lines,
        table_text,
        write_table,
    )

    if out is not None:
        check_writable(out)
    table = canonicalize(read_lines(file), _encode)
    if out is None:
        print_text(table_text(table.rows).removesuffix("\n"))
        return
    write_table(out, table.rows)
    say(f"{len(table.rows)} lines, {table.tags} different tags, {table.canonical} canonical; the table is in {out}.")


def _encode(texts: Sequence[str]) -> "Matrix":
    """Vectors of the embedder's model in this process; without it, rows that are near to nothing."""
    import numpy as np

    from shared.errors import PapersysError

    if not texts:
        return np.zeros((0, 1), dtype=np.float32)
    complaints.print(f"Embedding {len(texts)} tags ...", highlight=False)
    try:
        return open_text_encoder().encode(texts)
    except PapersysError as error:
        warn(f"By spelling alone, without vectors: {error}")
        return np.zeros((len(texts), 1), dtype=np.float32)


def _store() -> "TagStore":
    from shared.store.files.data_folder import DataFolder
    from shared.store.tagging.tags import TagStore

    settings = load(CommonSettings)
    return TagStore(DataFolder(settings.data.path, settings.data.min_free_mb))


def _corrections() -> "Corrections":
    from services.summarizer.tags.corrections import Corrections
    from shared.contracts import now

    return Corrections(_store(), now)


def _say(tag: "Tag", what: str, as_json: bool) -> None:
    if as_json:
        print_json(json.dumps(_facts(tag)))
        return
    say(f"{what} {tag.label} ({tag.slug}, {len(tag.papers)} {'paper' if len(tag.papers) == 1 else 'papers'}).")


def _facts(tag: "Tag") -> dict[str, Any]:
    facts = tag.model_dump(mode="json")
    return {**facts, "first_seen": facts.pop("made_at"), "tag": tag.slug}


def _decision_facts(decision: "TagDecision") -> dict[str, Any]:
    return {
        "id": decision.decision_id,
        **decision.model_dump(mode="json", exclude_defaults=True),
        "action": decision.action,
    }


def _in_words(decision: "TagDecision") -> str:
    what = {
        "map": f"{decision.phrase} means {decision.slug}",
        "propose": f"{decision.phrase} waits as a new tag",
        "create": f"{decision.phrase} is a tag",
        "accept": f"{decision.slug} counts",
        "merge": f"{decision.slug} merged into {decision.into}",
        "keep_apart": f"{decision.slug} is not {decision.into}",
        "rename": f"{decision.slug} renamed to {decision.text}",
        "describe": f"{decision.slug} described",
        "parent": f"{decision.slug} filed under {decision.into or 'nothing'}",
        "reject": f"{decision.phrase or decision.slug} rejected",
        "retire": f"{decision.slug} retired",
        "undo": f"{decision.undoes} undone",
    }[decision.action]
    by = f"by {decision.how}" + (f" {decision.score:.2f}" if decision.score < 1 else "")
    return (
        f"{what}, {by}"
        + (f", for {decision.paper_id}" if decision.paper_id else "")
        + (f": {decision.why}" if decision.why else "")
    )


def _undone(decision: "TagDecision", undone: set[str]) -> str:
    return "  (undone)" if decision.decision_id in undone else ""


def _by_use(tag: "Tag") -> tuple[int, str]:
    return -len(tag.papers), tag.label.casefold()
