"""What agents give to tools: checked, and refused with a sentence that says what would be right."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Annotated, Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field, ValidationError

from services.publisher.mcp.sources import OpenSources, Sources
from shared.contracts import Corpus
from shared.errors import PapersysError, RequestFailed
from shared.paper_ids import parse_any_paper_id, parse_paper_id
from shared.text.wording.corpora import FORMS, parse_corpus

PaperIdText = Annotated[
    str, Field(max_length=200, description="an arXiv id such as 2403.12345 or hep-th/9901001, or local:<hash>")
]
CorpusText = Annotated[str, Field(max_length=20_000, description=f"which papers are asked: {FORMS}; together or apart")]
Limit = Annotated[int, Field(ge=1, le=50, description="most papers in one answer")]
Offset = Annotated[int, Field(ge=0, le=1000, description="how many papers to leave out from the top")]
Page = Annotated[int, Field(ge=1, le=10_000, description="which page of a long answer")]
TraceId = Annotated[str, Field(max_length=80, description="the id that `research` answered with")]


def sources_of(open_sources: OpenSources, context: Context[Any, Any]) -> Sources:
    """The sources of whoever called."""
    return open_sources(context.request_context.request)


@contextmanager
def told() -> Iterator[None]:
    """What a person can act on reaches the agent as the tool's error, in the same words."""
    try:
        yield
    except ValidationError as error:
        reasons = (f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:5])
        raise ToolError("; ".join(reasons)) from error
    except RequestFailed as error:
        hint = " It may work in a moment." if error.retryable else ""
        raise ToolError(f"{error}{hint}") from error
    except (PapersysError, ValueError) as error:
        raise ToolError(str(error)) from error


def read_corpus(text: str) -> Corpus:
    """Raises ToolError."""
    with told():
        return parse_corpus(text)


def read_id(text: str) -> str:
    """An arXiv id, or that of a person's own file. Raises ToolError."""
    with told():
        return parse_any_paper_id(text.strip())


def read_arxiv_id(text: str) -> str:
    """Raises ToolError."""
    with told():
        return parse_paper_id(text.strip())


def read_day(text: str) -> date | None:
    """None for an empty text. Raises ToolError."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ToolError(f"{text!r} is not a valid date; write it as 2026-01-31.") from error
