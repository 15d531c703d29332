"""`rank`, `best`, `why`: what is picked and why, by the ranker's own code in this process."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.commands.context import (
    DryRun,
    JsonFlag,
    asked,
    complaints,
    console,
    print_json,
    service_function,
    service_settings,
)
from deploy.commands.papers import parsed, titles_of
from shared.contracts import Explain, Recommend

_RANKED_BY = {
    "typical": "Nothing is known of your taste yet: the most typical papers come first.",
    "seeds": "Ranked by your seeds: the order says what comes first, not how likely you are to like it.",
    "similarity": "Ranked by similarity: the order says what comes first, not how likely you are to like it.",
}


def rank(
    day: Annotated[
        str | None, typer.Option(help="A day (2026-11-02) or month (2026-11); else the waiting papers.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Also where there is a selection already.")] = False,
    dry_run: DryRun = False,
    labels: Annotated[
        Path | None, typer.Option(help="Rank a table instead: ratings as CSV, columns paper_id,label.")
    ] = None,
    papers: Annotated[
        Path | None, typer.Option(help="With --labels: papers as CSV, columns paper_id,title,abstract.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="With --labels: where paper_id,score go.")] = None,
    data: Annotated[Path | None, typer.Option(help="With --labels: a folder that keeps the vectors.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a selection now; or, with --labels and --papers, score a table of papers by a table of ratings."""
    if any(given is not None for given in (labels, papers, out, data)):
        _rank_table(labels, papers, out, data)
        return
    ranked = service_function("ranker", "rank")(service_settings("ranker"), day=day, force=force, dry_run=dry_run)
    picked = [one for one in ranked.candidates if one.outcome == "picked"]
    if as_json:
        print_json(f"[{', '.join(one.model_dump_json() for one in picked)}]")
        return
    titles = titles_of(one.paper_id for one in picked)
    for one in picked:
        _show_paper(one.rank, one, titles[one.paper_id], (one.slot,))
    console.print(ranked.message, highlight=False)


def _rank_table(labels: Path | None, papers: Path | None, out: Path | None, data: Path | None) -> None:
    if labels is None or papers is None or out is None:
        raise typer.BadParameter("--labels, --papers and --out (-o) go together.")
    embedder = service_settings("embedder")

    def encode(texts: list[str]) -> Any:
        complaints.print(f"Embedding {len(texts)} texts ...", highlight=False)
        return service_function("embedder", "encode_texts")(embedder, texts)

    def say(note: str) -> None:
        complaints.print(note, style="yellow", highlight=False, markup=False)

    recipe = service_function("embedder", "recipe_name")(embedder)
    ranker = service_settings("ranker")
    count = service_function("ranker", "rank_table")(ranker, labels, papers, out, data, recipe, encode, say)
    console.print(f"{count} papers scored into {out}.", highlight=False)


def best(
    days: Annotated[int, typer.Option(min=1, max=36500, help="Of the last so many days.")] = 60,
    limit: Annotated[int, typer.Option(min=1, max=200)] = 20,
    as_json: JsonFlag = False,
) -> None:
    """The best papers of the last days that you have not seen."""
    request = Recommend(days=days, limit=limit)
    found = asked(request) or service_function("ranker", "best")(service_settings("ranker"), days, limit)
    if as_json:
        print_json(f"[{', '.join(hit.model_dump_json() for hit in found.hits)}]")
        return
    titles = titles_of(hit.paper_id for hit in found.hits)
    for place, hit in enumerate(found.hits, 1):
        _show_paper(place, hit, titles[hit.paper_id])
    if not found.hits:
        console.print("Nothing that you have not seen.")
    elif found.regime in _RANKED_BY:
        console.print(_RANKED_BY[found.regime], highlight=False)


def _show_paper(place: int | None, one: Any, title: str, marks: Iterable[str] = ()) -> None:
    """A paper with its place, and the chance that it is liked where that is known; ids stand whole."""
    chance = "" if one.probability is None else f"{one.probability:.0%} likely"
    number = "" if place is None else f"{place}."
    facts = "  ".join(filter(None, (one.paper_id, *marks, chance)))
    console.print(f"{number:>4} {facts}  {title}".rstrip(), highlight=False, markup=False)
    for reason in one.reasons:
        console.print(f"       {reason}", highlight=False, markup=False)


def why(
    paper_id: Annotated[str, typer.Argument(help="An arXiv id.")],
    without: Annotated[bool, typer.Option("--without", help="Show the list without your rating on it.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Say why a paper was picked, or why not; or what one rating changes."""
    if without:
        _show_without(parsed(paper_id))
        return
    wanted = parsed(paper_id)
    said = asked(Explain(paper_id=wanted)) or service_function("ranker", "why")(service_settings("ranker"), wanted)
    if as_json:
        print_json(said.model_dump_json(indent=1))
        return
    console.print(f"{said.paper_id}: {_standing(said)}", highlight=False)
    for outcome in said.outcomes:
        console.print(f"  {outcome}", highlight=False, markup=False)
    for influence in said.influences:
        console.print(
            f"  {influence.weight:+.3f}  {influence.paper_id}  {influence.title}", highlight=False, markup=False
        )
    for name, some in (("words", said.words), ("tags", said.tags)):
        if some:
            console.print(f"  {name}: {', '.join(f'{one.text} {one.weight:+.1f}' for one in some)}", highlight=False)
    for change in said.changes:
        console.print(f"  would have changed it: {change}", highlight=False, markup=False)


def _standing(said: Any) -> str:
    """Where a paper stands: its chance where that is known, else its rank among ordinary papers, named as one."""
    if said.probability is not None:
        return f"{said.probability:.0%} likely to be liked ({said.regime})"
    if said.ahead_of is None:
        return "nothing to compare it with yet"
    return f"ranks above {said.ahead_of:.0%} of ordinary papers; a rank, not a chance ({said.regime})"


def _show_without(paper_id: str) -> None:
    """Print what would change had one rating not been given."""
    found = service_function("ranker", "without")(service_settings("ranker"), paper_id)
    before, after = ({name: place for place, (name, _) in enumerate(some, 1)} for some in (found.before, found.after))
    console.print(f"Without your rating on {paper_id}, the best of the last 60 days would be:", highlight=False)
    titles = titles_of(after)
    for name, place in after.items():
        was = f"was {before[name]}" if name in before else "new here"
        console.print(f"{place:>4}. {name}  {was}  {titles[name]}".rstrip(), highlight=False, markup=False)
    gone = [name for name in before if name not in after]
    if gone:
        console.print(f"  gone: {', '.join(gone)}", highlight=False)
