"""`papersys ask`: asks the running system a question about papers, follows its trace, and shows the answer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from shared.command_line.context import load
from shared.command_line.output import JsonFlag, print_json, say, warn
from shared.command_line.users import UserOption
from shared.contracts import DEFAULT_USER
from shared.errors import PapersysError

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for pydantic's models
    from services.summarizer.cli.asking.following import Follower
    from shared.contracts import Ask, Budget, Corpus, ResearchResult
    from shared.store.research.traces import TraceStore

T = TypeVar("T")
_MOST_LISTED = 20


def ask(
    question: Annotated[str | None, typer.Argument(help="What you want to know.", metavar="QUESTION")] = None,
    corpus: Annotated[
        str,
        typer.Option(
            metavar="CORPUS",
            help="The papers to ask: list, read, all or mine, tag:NAME, category:cs.CL, since:2026-01-31, "
            "until:2026-02-28, and arXiv ids; several together narrow it.",
        ),
    ] = "",
    budget: Annotated[
        str, typer.Option(metavar="BUDGET", help="The most it may cost: tokens:20000, money:0.05 and seconds:60.")
    ] = "",
    go_on: Annotated[bool, typer.Option("--continue", help="Follow up on your latest question.")] = False,
    researchers: Annotated[
        str,
        typer.Option(
            metavar="NAMES", help="Who answers: local, and others by their names in the settings, as local,web."
        ),
    ] = "local",
    estimate: Annotated[bool, typer.Option("--estimate", help="Only say what it would cost at most.")] = False,
    replay: Annotated[
        str, typer.Option(metavar="TRACE", help="Answer a question again from its trace, without any call.")
    ] = "",
    history: Annotated[bool, typer.Option("--history", help="List your latest questions.")] = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Answer a question from papers, with citations that are checked; or say that they do not answer it."""
    if sum([question is not None, bool(replay), history]) != 1:
        raise typer.BadParameter("give a question, --replay TRACE or --history.")
    if history:
        _list(user, as_json=as_json)
    elif replay:
        _replay(replay, as_json=as_json)
    else:
        corpus_asked, budget_given = _parsed(corpus, budget)
        names = [name.strip() for name in researchers.split(",") if name.strip()] or ["local"]
        _ask(question or "", corpus_asked, budget_given, user, names, go_on=go_on, estimate=estimate, as_json=as_json)


def _ask(
    question: str,
    corpus: "Corpus | None",
    budget: "Budget",
    user: str,
    names: list[str],
    *,
    go_on: bool,
    estimate: bool,
    as_json: bool,
) -> None:
    from services.summarizer.cli.asking.following import Follower
    from shared.contracts import Ask, Corpus
    from shared.contracts.papers.research import MOST_QUESTION_CHARACTERS
    from shared.settings.settings import CommonSettings

    if not question.strip():
        raise typer.BadParameter("the question is empty.")
    if len(question) > MOST_QUESTION_CHARACTERS:
        most = f"{MOST_QUESTION_CHARACTERS:,} are allowed"
        raise typer.BadParameter(f"the question has {len(question):,} characters; {most}.")
    traces = _traces()
    before = _latest(traces, user) if go_on else ""
    asked = corpus or (_corpus_of(traces, before) if before else Corpus())
    request = Ask(question=question, corpus=asked, budget=budget, user=user, conversation=before)
    follower = Follower(load(CommonSettings).bus, traces)
    if estimate:
        _show_estimate(follower, request, as_json=as_json)
        return
    result = follower.answer(request) if names == ["local"] else _answer_of_all(names, follower, request)
    _show(result, as_json=as_json)


def _answer_of_all(names: list[str], follower: "Follower", request: "Ask") -> "ResearchResult":
    """Raises PapersysError for a name that the settings do not have."""
    import asyncio

    from services.summarizer.research.researchers.asking_others import ask_everyone
    from services.summarizer.settings import Settings

    async def ask_local() -> "ResearchResult":
        return await asyncio.to_thread(follower.answer, request)

    return asyncio.run(ask_everyone(request.question, names, load(Settings).researchers, ask_local))


def _show_estimate(follower: "Follower", request: "Ask", *, as_json: bool) -> None:
    from services.summarizer.cli.asking.shown import estimate_line

    found = follower.estimate(request)
    if as_json:
        print_json(found.model_dump_json())
    else:
        say(estimate_line(found))


def _replay(trace_id: str, *, as_json: bool) -> None:
    """Raises PermanentFailure where the trace cannot be replayed."""
    import asyncio

    from services.summarizer.research.tracing.replay import replayed

    traces = _traces()
    result = asyncio.run(replayed(traces, trace_id))
    _show(result, as_json=as_json)
    stored = traces.result(trace_id)
    if stored is not None and stored != result:
        warn("This is not the answer that was given: another version of papersys decides otherwise.")
        raise typer.Exit(1)


def _list(user: str, *, as_json: bool) -> None:
    heads = _traces().recent(user, _MOST_LISTED)
    if as_json:
        print_json(f"[{', '.join(head.model_dump_json() for head in heads)}]")
        return
    if not heads:
        say('No questions yet. Ask one: papersys ask "What do these papers recommend?"')
    for head in heads:
        say(f"{head.asked_at:%Y-%m-%d %H:%M}  {head.state:<9}  {head.trace_id}  {head.question}")


def _show(result: "ResearchResult", *, as_json: bool) -> None:
    from services.summarizer.cli.asking.shown import lines_of

    if as_json:
        print_json(result.model_dump_json())
        return
    for line in lines_of(result):
        say(line)


def _parsed(corpus: str, budget: str) -> "tuple[Corpus | None, Budget]":
    """None where no corpus was given. Raises typer.BadParameter."""
    from shared.text.wording.budgets import parse_budget
    from shared.text.wording.corpora import parse_corpus

    return (_read(parse_corpus, corpus, "--corpus") if corpus.strip() else None), _read(
        parse_budget, budget, "--budget"
    )


def _read(parse: Callable[[str], T], text: str, option: str) -> T:
    try:
        return parse(text)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint=option) from error


def _traces() -> "TraceStore":
    from shared.settings.settings import CommonSettings
    from shared.store.files.data_folder import DataFolder
    from shared.store.research.traces import TraceStore

    settings = load(CommonSettings)
    return TraceStore(DataFolder(settings.data.path, settings.data.min_free_mb))


def _latest(traces: "TraceStore", user: str) -> str:
    """The latest question that got an answer. Raises PapersysError."""
    for head in traces.recent(user, _MOST_LISTED):
        if head.state in ("answered", "partial", "declined"):
            return head.trace_id
    raise PapersysError("There is no answered question to follow up on; ask one without --continue.")


def _corpus_of(traces: "TraceStore", trace_id: str) -> "Corpus":
    from shared.contracts import Corpus

    steps = traces.steps(trace_id)
    return Corpus.model_validate(steps[0].get("corpus", {})) if steps else Corpus()
