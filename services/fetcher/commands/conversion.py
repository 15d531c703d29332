"""One paper as Markdown: from a file, or from arXiv or another server."""

import json
from pathlib import Path

from services.fetcher.app import build
from services.fetcher.commands.running import prepared, run_limited
from services.fetcher.documents.conversion import Converted
from services.fetcher.documents.converter import Converter, job_for
from services.fetcher.documents.document_fetcher import DocumentFetcher
from services.fetcher.settings import FetcherSettings, Settings
from services.fetcher.sources.registry import open_servers
from services.fetcher.sources.server_documents import ServerDocuments
from shared.errors import PapersysError
from shared.paper_ids import is_arxiv
from shared.store.papers.documents import DocumentRecord, DocumentStore


def convert(
    path: Path, out: Path | None = None, report: Path | None = None, settings: FetcherSettings | None = None
) -> Converted:
    """Convert a source (tar.gz, gzip, TeX, PDF, HTML, a folder of TeX) and write its Markdown and its report.

    A text was found where `status` is `converted`; Markdown is written only then. Raises PapersysError.
    """
    if not path.exists():
        raise PapersysError(f"There is no file {path}.")
    outcome = Converter().convert(job_for(path, settings or FetcherSettings()))
    if out is not None and outcome.status == "converted":
        out.write_text(outcome.markdown, encoding="utf-8")
    if report is not None:
        facts = {"file": path.name, **outcome.model_dump(mode="json", exclude={"markdown"})}
        report.write_text(json.dumps(facts, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return outcome


def convert_paper(
    settings: Settings, paper_id: str, out: Path | None = None, report: Path | None = None
) -> tuple[DocumentRecord, str]:
    """Fetch a paper from arXiv through the gate, convert it where it is not stored yet; its record and Markdown.

    Raises PapersysError.
    """
    return run_limited(settings, _convert_paper(settings, paper_id, out, report))


async def _convert_paper(
    settings: Settings, paper_id: str, out: Path | None, report: Path | None
) -> tuple[DocumentRecord, str]:
    data = prepared(settings)
    components = build(data, settings.fetcher)
    servers = open_servers(data, settings.fetcher, components.catalogue)
    converter = Converter()
    store = DocumentStore(data)
    try:
        if is_arxiv(paper_id):
            documents = DocumentFetcher(components.arxiv, components.catalogue, data, settings.fetcher, converter)
            reply = await documents.get(paper_id)
        else:
            of_servers = ServerDocuments(servers, components.catalogue, data, settings.fetcher, converter)
            await servers.look_up([paper_id])
            reply = await of_servers.get(paper_id)
            if reply.folder is None:
                raise PapersysError(f"There is no text of {paper_id}: {reply.detail}.")
    finally:
        converter.close()
        await servers.close()
        await components.arxiv.close()
    record = store.record(paper_id, reply.version)
    if record is None:
        raise PapersysError(f"{paper_id} was converted, but its report is not in {data.root}.")
    markdown = store.markdown(paper_id, reply.version) if record.status == "converted" else ""
    if out is not None and markdown:
        out.write_text(markdown, encoding="utf-8")
    if report is not None:
        report.write_text(record.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return record, markdown
