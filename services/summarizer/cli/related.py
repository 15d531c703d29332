"""`papersys related`: the papers linked to one, or a table of candidates scored."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared.command_line.context import ask_running_system, load, open_text_encoder
from shared.command_line.output import JsonFlag, complaints, print_json, say, warn
from shared.command_line.papers import paper_id_of
from shared.contracts import Related, RelatedReply
from shared.errors import PapersysError
from shared.settings.settings import CommonSettings

if TYPE_CHECKING:  # `papersys --help` imports this module, and need not wait for numpy
    from services.summarizer.relatedness.table import PaperText
    from shared.store.vectors.embeddings import Matrix

_MOST_TOLD = 20


def related(
    paper_id: Annotated[str | None, typer.Argument(help="The paper's arXiv id.", metavar="ID")] = None,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Show at most this many links.")] = 20,
    table: Annotated[
        Path | None,
        typer.Option(help="Score a CSV file instead: columns query_id,paper_id,title,abstract, a row a candidate."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="With --table: write query_id,paper_id,score to this CSV file."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the papers that one is linked to, with evidence; or, with --table, score how related candidates are."""
    if (paper_id is None) == (table is None):
        raise typer.BadParameter("give either the id of a paper or --table FILE.")
    if table is not None:
        _score_table(table, out)
    elif out is not None:
        raise typer.BadParameter("--out (-o) needs --table.")
    else:
        _show(_related(paper_id_of(paper_id or ""), limit), paper_id or "", as_json=as_json)


def _related(paper_id: str, limit: int) -> RelatedReply:
    request = Related(paper_id=paper_id, limit=limit, everything=True)
    reply = ask_running_system(request)
    if reply is not None:
        return reply
    from services.summarizer.links.related_papers import RelatedPapers
    from shared.store.files.data_folder import DataFolder

    settings = load(CommonSettings)
    return RelatedPapers.of(DataFolder(settings.data.path, settings.data.min_free_mb)).answer(request)


def _show(reply: RelatedReply, paper_id: str, *, as_json: bool) -> None:
    if as_json:
        print_json(f"[{', '.join(paper.model_dump_json() for paper in reply.papers)}]")
        return
    if not reply.papers:
        say(f"{paper_id} has no links. Papers get links when they are summarised: `papersys reprocess {paper_id}`.")
    for paper in reply.papers:
        title = paper.title or "(not harvested)"
        say(f"{paper.type.replace('_', ' ')}: {paper.paper_id}  {title}  [confidence {paper.confidence:.2f}]")
        for label, text in (("", paper.evidence), ("this paper: ", paper.quote), ("that paper: ", paper.other_quote)):
            if text:
                say(f"    {label}{text}")


def _score_table(table: Path, out: Path | None) -> None:
    """Raises PapersysError for an unusable table, and at the end where a part of it could not be used."""
    from services.summarizer.relatedness.table import as_csv, read_table, score_table

    if out is not None:
        _check_writable(out)
    read = read_table(table, _stored_texts())
    scores = score_table(read, _encoder())
    text = as_csv(scores)
    if out is None:
        typer.echo(text, nl=False)
    else:
        _write(out, text)
        say(f"Scored {len(scores)} candidates of {len(read.candidates)} queries; the scores are in {out}.")
    for problem in read.problems[:_MOST_TOLD]:
        warn(f"{table}: {problem}")
    if len(read.problems) > _MOST_TOLD:
        warn(f"{table}: and {len(read.problems) - _MOST_TOLD} problems more.")
    if read.unscored:
        raise typer.Exit(1)


def _stored_texts() -> "Callable[[Iterable[str]], Mapping[str, PaperText]]":
    """Titles and abstracts of harvested papers, for queries that the table does not give."""

    def texts(names: Iterable[str]) -> "Mapping[str, PaperText]":
        from services.summarizer.relatedness.table import PaperText
        from shared.paper_ids import parse_paper_id
        from shared.store.files.data_folder import DataFolder
        from shared.store.papers.metadata import MetadataStore

        ids: dict[str, str] = {}
        for name in names:
            try:
                ids[name] = parse_paper_id(name)
            except ValueError:
                continue
        settings = load(CommonSettings)
        papers = MetadataStore(DataFolder(settings.data.path, settings.data.min_free_mb)).get(ids.values())
        lines = {
            key: (" ".join(paper.title.split()), " ".join(paper.abstract.split())) for key, paper in papers.items()
        }
        return {name: PaperText(*lines[paper_id]) for name, paper_id in ids.items() if paper_id in lines}

    return texts


def _encoder() -> "Callable[..., Matrix]":
    encoder = open_text_encoder()

    def encode(texts: list[str]) -> "Matrix":
        complaints.print(f"Embedding {len(texts)} texts ...", highlight=False)
        return encoder.encode(texts)

    return encode


def _check_writable(path: Path) -> None:
    """Raises PapersysError where a file cannot be written, before any work is done for it."""
    if path.is_dir() or not path.parent.is_dir():
        raise PapersysError(f"{path} cannot be written: {'it is a folder' if path.is_dir() else 'no such folder'}.")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise PapersysError(f"{path} cannot be written: {error.strerror}.") from error
