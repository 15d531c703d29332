"""`papersys arxiv`: the reading list, the papers that can be asked in full."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.summarizer.cli.reading_list_progress import Outcome, follow_progress
from services.summarizer.settings import Settings
from shared.command_line.context import ask_running_system, load
from shared.command_line.output import JsonFlag, print_json, say, warn
from shared.command_line.users import UserOption
from shared.contracts import (
    DEFAULT_USER,
    MAX_PAPERS_PER_EVENT,
    AddPapers,
    ListedPaper,
    ReadingListReply,
    RemovePapers,
    UpdatePapers,
    now,
)
from shared.errors import PapersysError, RequestFailed
from shared.paper_ids import parse_any_paper_id
from shared.store.files.data_folder import DataFolder

if TYPE_CHECKING:  # `papersys --help` imports this module
    from services.summarizer.research.library.listing import Listing
    from services.summarizer.research.library.paper_facts import PaperFacts
    from shared.store.research.reading_list import ReadingListStore

app = typer.Typer(no_args_is_help=True, help="Keep a reading list: papers that can be asked in full text.")
Ids = Annotated[list[str], typer.Argument(metavar="ID", help="arXiv ids, such as 2403.12345, or local:... ids.")]
NoWait = Annotated[bool, typer.Option("--no-wait", help="Return at once; the work goes on behind it.")]
_NOT_RUNNING = "papersys is not running: the work begins when it starts (`papersys up`)."


@app.command()
def add(
    papers: Annotated[
        list[str],
        typer.Argument(
            metavar="PAPER",
            help="arXiv ids (2403.12345, 2403.12345v2 for that version), addresses, .bib files, own PDF or TeX files.",
        ),
    ],
    title: Annotated[str, typer.Option(help="The title of an own file.")] = "",
    no_wait: NoWait = False,
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Add papers: fetched, cut into sections, embedded; exit code 1 where some could not be, 2 where none is named."""
    from services.summarizer.research.library.wanted_papers import read_wanted

    wanted = read_wanted(papers)
    for text in wanted.passed_over:
        warn(text)
    if wanted.is_empty:
        raise typer.BadParameter("\n".join(wanted.problems.values()))
    ids = list(wanted.paper_ids)
    requests = [
        AddPapers(
            paper_ids=tuple(part),
            versions={name: wanted.versions[name] for name in part if name in wanted.versions},
            user=user,
        )
        for part in _parts(ids)
    ]
    requests += [AddPapers(local_path=str(path), title=title[:1000], user=user) for path in wanted.files]
    replies, is_running = _asked(requests, lambda listing: listing.add)
    _finish(replies, wanted.problems, user, "Adding", is_running=is_running, waits=not no_wait, as_json=as_json)


@app.command()
def update(papers: Ids, no_wait: NoWait = False, user: UserOption = DEFAULT_USER, as_json: JsonFlag = False) -> None:
    """Take the newest version of papers; answers that cite the one before stay checkable."""
    ids, problems = _ids(papers)
    requests = [UpdatePapers(paper_ids=tuple(part), user=user) for part in _parts(ids)]
    replies, is_running = _asked(requests, lambda listing: listing.update)
    _finish(replies, problems, user, "Updating", is_running=is_running, waits=not no_wait, as_json=as_json)


@app.command()
def remove(papers: Ids, user: UserOption = DEFAULT_USER, as_json: JsonFlag = False) -> None:
    """Take papers off the list."""
    ids, problems = _ids(papers)
    requests = [RemovePapers(paper_ids=tuple(part), user=user) for part in _parts(ids)]
    replies, _ = _asked(requests, lambda listing: listing.remove)
    removed = [paper for reply in replies for paper in reply.papers]
    refused = {**problems, **_refused(replies)}
    if as_json:
        print_json(json.dumps({"removed": [paper.paper_id for paper in removed], "refused": refused}))
    elif removed:
        say(f"Removed: {', '.join(paper.paper_id for paper in removed)}.")
    _complain(refused, as_json=as_json)
    raise typer.Exit(1 if refused else 0)


@app.command("list")
def list_papers(user: UserOption = DEFAULT_USER, as_json: JsonFlag = False) -> None:
    """List the papers of the reading list, in the order in which they were added."""
    papers = _store().of_user(user)
    if as_json:
        print_json(f"[{', '.join(paper.model_dump_json() for paper in papers)}]")
        return
    for paper in papers:
        say(_line(paper))
    if not papers:
        say("The reading list is empty. Add a paper: `papersys arxiv add 2403.12345`.")


@app.command()
def info(
    paper: Annotated[str, typer.Argument(metavar="ID", help="An arXiv id, or a local:... id.")],
    user: UserOption = DEFAULT_USER,
    as_json: JsonFlag = False,
) -> None:
    """Show a paper: metadata, version, sections, chunks, and the model that embedded them."""
    from services.summarizer.research.library.paper_facts import facts_of

    (paper_id,), _ = _ids([paper])
    facts = facts_of(_data(), user, paper_id)
    if as_json:
        print_json(facts.model_dump_json())
    else:
        _show(facts)


def _asked(
    requests: Sequence[AddPapers] | Sequence[UpdatePapers] | Sequence[RemovePapers],
    method: "Callable[[Listing], Callable[..., ReadingListReply]]",
) -> tuple[list[ReadingListReply], bool]:
    """The replies of the running system, or of the same code here; and whether a system runs. Raises PapersysError."""
    replies, is_running = list[ReadingListReply](), True
    for request in requests:
        try:
            reply = ask_running_system(request)
        except RequestFailed as failure:
            raise PapersysError(str(failure)) from failure
        if reply is None:
            is_running = False
            reply = method(_listing())(request)
        replies.append(reply)
    return replies, is_running


def _finish(
    replies: Sequence[ReadingListReply],
    problems: dict[str, str],
    user: str,
    what: str,
    *,
    is_running: bool,
    waits: bool,
    as_json: bool,
) -> None:
    """Follow the work to its end, and say what came of each paper."""
    ids = list(dict.fromkeys(paper.paper_id for reply in replies for paper in reply.papers))
    refused = {**problems, **_refused(replies)}
    outcome = Outcome([paper for reply in replies for paper in reply.papers])
    if waits and is_running and ids:
        outcome = follow_progress(_store(), user, ids, what)
    if as_json:
        papers = [paper.model_dump(mode="json") for paper in outcome.papers]
        print_json(json.dumps({"papers": papers, "refused": refused}, ensure_ascii=False))
    else:
        for paper in outcome.papers:
            say(_line(paper))
    _complain(refused, as_json=as_json)
    if not is_running and ids:
        warn(_NOT_RUNNING)
    elif outcome.remark:
        warn(outcome.remark)
    is_wrong = bool(refused) or outcome.is_wrong
    raise typer.Exit(1 if is_wrong else 0)


def _complain(refused: dict[str, str], *, as_json: bool) -> None:
    for why in () if as_json else refused.values():
        warn(why)


def _refused(replies: Sequence[ReadingListReply]) -> dict[str, str]:
    return {text: why for reply in replies for text, why in reply.refused.items()}


def _ids(texts: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """The ids among some texts, each once, and what is wrong with the others. Raises BadParameter where none is one."""
    ids, problems = dict[str, None](), dict[str, str]()
    for text in texts:
        try:
            ids[parse_any_paper_id(text)] = None
        except ValueError as error:
            problems[text] = str(error)
    if not ids:
        raise typer.BadParameter("\n".join(problems.values()))
    return list(ids), problems


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + MAX_PAPERS_PER_EVENT] for start in range(0, len(ids), MAX_PAPERS_PER_EVENT)]


def _line(paper: ListedPaper) -> str:
    shown = paper.version or paper.wanted_version
    version = f"v{shown}" if shown else ""
    facts = [f"{paper.chunks} chunks of {paper.sections} sections"] if paper.version else []
    facts += [f"v{paper.newer_version} is newer"] if paper.newer_version else []
    facts += ["saved"] if paper.origin == "saved" else []
    facts += [paper.problem] if paper.problem else []
    name = paper.title or paper.file_name
    text = f"{paper.state:<9} {paper.paper_id}{version}  {name}".rstrip()
    return f"{text}  [{'; '.join(facts)}]" if facts else text


def _show(facts: "PaperFacts") -> None:
    listed = facts.listed
    say(f"{facts.paper_id}  {facts.title}")
    for text in (", ".join(facts.authors), " ".join((*facts.categories, facts.submitted)).strip()):
        if text:
            say(f"  {text}")
    if listed is None:
        say("  Not on your reading list.")
    else:
        _show_listed(listed)
    if facts.newest_version:
        say(f"  Newest version known: {facts.newest_version}")
    if facts.stored_versions:
        say(f"  Texts stored: {', '.join(f'v{version}' for version in facts.stored_versions)}")
    if facts.route:
        say(f"  Text of v{facts.text_version}: by {facts.route}, {facts.grade}, {facts.words:,} words")
    if facts.sections:
        say(f"  Sections ({len(facts.sections)}): {'; '.join(facts.sections)}")


def _show_listed(listed: ListedPaper) -> None:
    say(f"  State: {listed.state}{f': {listed.problem}' if listed.problem else ''}")
    if listed.version:
        earlier = f"; earlier: {', '.join(f'v{version}' for version in listed.earlier_versions)}"
        say(f"  Version asked: {listed.version}{earlier if listed.earlier_versions else ''}")
        say(f"  Chunks: {listed.chunks}, cut by {listed.chunker}, embedded by {listed.embedding_model}")
    if listed.newer_version:
        say(f"  Version {listed.newer_version} is newer: `papersys arxiv update {listed.paper_id}`")
    if listed.file_name:
        say(f"  File: {listed.file_name}")


def _listing() -> "Listing":
    from services.summarizer.research.library.listing import Listing
    from shared.store.people.signals import SignalStore

    data = _data()
    return Listing(_store(), SignalStore(data), now, saved_is_listed=load(Settings).summarizer.saved_is_listed)


def _store() -> "ReadingListStore":
    from shared.store.research.reading_list import ReadingListStore

    return ReadingListStore(_data())


def _data() -> DataFolder:
    settings = load(Settings)
    return DataFolder(Path(settings.data.path), settings.data.min_free_mb)
