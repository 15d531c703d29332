"""A question put to other researchers at once: each answers in its time, and one that fails says so."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.summarizer.research.researchers.merging import merged
from services.summarizer.research.researchers.results import failed, result_of
from shared.contracts import ResearchResult, now
from shared.errors import PapersysError
from shared.settings.sections.researchers import ResearcherSettings
from shared.text.safe.plain_text import shortened

log = logging.getLogger(__name__)

LOCAL = "local"
"""This system itself, which is asked without a detour."""
Call = Callable[[str, ResearcherSettings, str], Awaitable[Mapping[str, Any] | str]]


def known_names(names: Sequence[str], researchers: Mapping[str, ResearcherSettings]) -> list[str]:
    """The names besides `local`, each once. Raises PapersysError for one that the settings do not have."""
    others = [name for name in dict.fromkeys(names) if name != LOCAL]
    unknown = [name for name in others if name not in researchers]
    if unknown:
        known = ", ".join([LOCAL, *sorted(researchers)])
        raise PapersysError(f"There is no researcher {unknown[0]!r}; there are: {known}. [researchers.NAME] adds one.")
    return others


async def ask_others(
    question: str, names: Sequence[str], researchers: Mapping[str, ResearcherSettings], call: Call | None = None
) -> list[ResearchResult]:
    """The answers in the order of the names, each named; an unreachable one is a gap, never an error.

    Raises PapersysError for a name that the settings do not have.
    """
    others = known_names(names, researchers)
    return list(await asyncio.gather(*(_ask(question, name, researchers[name], call) for name in others)))


async def ask_everyone(
    question: str,
    names: Sequence[str],
    researchers: Mapping[str, ResearcherSettings],
    ask_local: Callable[[], Awaitable[ResearchResult]],
    call: Call | None = None,
) -> ResearchResult:
    """One answer of all who are named; `ask_local` is this system's own, awaited where `local` is among them.

    Raises PapersysError for a name that the settings do not have, and what `ask_local` raises.
    """
    if not known_names(names, researchers):
        return await ask_local()
    if LOCAL not in names:
        first, *rest = await ask_others(question, names, researchers, call)
        return merged(first, rest)
    own, others = await asyncio.gather(ask_local(), ask_others(question, names, researchers, call))
    return merged(own, others)


async def _ask(question: str, name: str, settings: ResearcherSettings, call: Call | None) -> ResearchResult:
    asked_at = now()
    try:
        content = await (call or _over_mcp)(name, settings, question)
    except Exception as error:  # another's program may fail in any way
        why = _reason(error, settings)
        log.warning("The researcher %s gave no answer: %s", name, why, extra={"action": "researcher_failed"})
        return failed(name, question, why, asked_at, now())
    return result_of(content, name, question, asked_at, _not_before(asked_at))


async def _over_mcp(name: str, settings: ResearcherSettings, question: str) -> Mapping[str, Any] | str:
    from services.summarizer.research.researchers.calling import call  # a second, which most questions need not wait

    return await call(name, settings, question)


def _reason(error: BaseException, settings: ResearcherSettings) -> str:
    """The innermost reason: the client wraps what happens to its connection in groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    if isinstance(error, TimeoutError):
        return f"gave no answer within {settings.seconds:g} s"
    if isinstance(error, PapersysError):
        return f"cannot be asked: {shortened(str(error), 300)}"
    return f"cannot be reached: {shortened(str(error) or type(error).__name__, 300)}"


def _not_before(moment: datetime) -> datetime:
    return max(moment, now())
