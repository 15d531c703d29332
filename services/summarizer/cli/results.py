"""`papersys results`: the numbers of papers' tables, by task, data set and metric."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say
from shared.command_line.papers import paper_id_of, titles_of
from shared.settings.settings import CommonSettings

if TYPE_CHECKING:
    from shared.result_search import FoundResult, ResultQuestion
    from shared.store.files.data_folder import DataFolder


def results(
    task: Annotated[str, typer.Option(metavar="WORDS", help="Of a task, as in 'question answering'.")] = "",
    dataset: Annotated[str, typer.Option(metavar="WORDS", help="On a data set, as in SQuAD.")] = "",
    metric: Annotated[str, typer.Option(metavar="WORDS", help="In a metric, as in F1.")] = "",
    paper: Annotated[str, typer.Option(metavar="ID", help="Of one paper, all its numbers.")] = "",
    own: Annotated[
        bool, typer.Option("--own", help="Only of each paper's own method, not what it compares with.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Show at most this many.")] = 50,
    again: Annotated[
        bool, typer.Option("--again", help="Read the tables of all summarised papers again, from stored documents.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show results from the tables of papers that were read: the exact cells, and what they measure."""
    from shared.result_search import ResultQuestion

    data = _data()
    if again:
        _read_again(data)
        return
    paper_id = paper_id_of(paper) if paper else ""
    question = ResultQuestion(task, dataset, metric, paper_id, own_only=own, everything=bool(paper))
    found = _found(data, question)
    if as_json:
        print_json(json.dumps([_as_dict(one) for one in found[:limit]], ensure_ascii=False))
    else:
        _show(found, limit, question)


def _found(data: "DataFolder", question: "ResultQuestion") -> "list[FoundResult]":
    from shared.result_search import find_results
    from shared.store.papers.results import ResultStore

    store = ResultStore(data)
    if question.paper_id:
        record = store.get(question.paper_id)
        return find_results([record] if record else [], question)
    return find_results(store.all(), question)


def _show(found: "list[FoundResult]", limit: int, question: "ResultQuestion") -> None:
    if not found:
        say(_nothing(question))
        return
    from shared.result_search import series_of

    titles = titles_of({one.paper_id for one in found[:limit]})
    heading = ""
    for one in found[:limit]:
        series = series_of(one.result)
        named = " · ".join(part for part in (series.task, series.dataset, series.metric, series.split) if part)
        if (named or "not named") != heading:
            heading = named or "not named"
            say(heading)
        own = " (its own)" if one.result.is_own else ""
        say(f"  {_value(one)}  {one.paper_id}{own}  {titles.get(one.paper_id, '')}")
        say(f"      {one.table.name}: {one.result.place}")
    if len(found) > limit:
        say(f"{len(found) - limit} more; --limit shows them.")


def _nothing(question: "ResultQuestion") -> str:
    if question.is_empty:
        return "There are no results yet. Tables are read with their papers; `papersys results --again` catches up."
    return "No results fit. `papersys results` shows what there is."


def _value(one: "FoundResult") -> str:
    result = one.result
    uncertainty = f" ± {result.uncertainty}" if result.uncertainty else ""
    return f"{result.value}{uncertainty}{'%' if result.unit == '%' else f' {result.unit}' if result.unit else ''}"


def _as_dict(one: "FoundResult") -> dict[str, Any]:
    table = {"table": one.table.number, "caption": one.table.caption, "sentence": one.table.sentence}
    return {"paper_id": one.paper_id, "version": one.version, **table, **one.result.model_dump()}


def _read_again(data: "DataFolder") -> None:
    from services.summarizer.results.step import results_again
    from shared.contracts import now
    from shared.store.papers.documents import DocumentStore
    from shared.store.papers.metadata import MetadataStore
    from shared.store.papers.results import ResultStore
    from shared.store.papers.summaries import SummaryStore

    stores = SummaryStore(data), MetadataStore(data), DocumentStore(data), ResultStore(data)
    read, gone = results_again(*stores, now, everything=True)
    say(f"The tables of {read} {'paper' if read == 1 else 'papers'} were read.")
    if gone:
        say(
            f"Of {len(gone)} the text is not stored any more, so they keep what results they have: "
            f"{', '.join(gone[:10])}{' ...' if len(gone) > 10 else ''}. `papersys reprocess ID` fetches it again."
        )


def _data() -> "DataFolder":
    from shared.store.files.data_folder import DataFolder

    settings = load(CommonSettings)
    return DataFolder(settings.data.path, settings.data.min_free_mb)
