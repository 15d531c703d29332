"""Making again what can be made: each finding names its repair, and what has none stays a matter for a backup."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence

from deploy.verifying import files
from deploy.verifying.datasets import selections, tags
from deploy.verifying.premises import LOOKUP, Premises
from shared.command_line.context import ask_running_system
from shared.contracts import Lookup
from shared.errors import TemporaryFailure
from shared.store.keeping.findings import Finding, counted, some

Repair = Callable[[], str]

_AT_ONCE = 10
"""As many as arXiv answers within the deadline of a request."""
_MOST_LOOKUPS = 1_000


def repairs_for(
    premises: Premises, findings: Sequence[Finding], lent: Mapping[str, Callable[[], Repair]]
) -> dict[str, Repair]:
    """The repairs that these findings ask for, in the order in which they are made: what is read by others first."""
    own: dict[str, Repair] = {
        files.DRAFTS: lambda: files.remove_drafts(premises),
        LOOKUP: lambda: look_up(_papers_of(findings, LOOKUP)),
        selections.INDEX: lambda: selections.rebuild_selection_index(premises),
        tags.INDEX: lambda: tags.rebuild_tag_index(premises),
    }
    last: dict[str, Repair] = {files.CHECKSUMS: lambda: files.note_checksums(premises, _damaged(findings))}
    services: dict[str, Repair] = {name: _lent(load) for name, load in lent.items()}
    wanted = {finding.repair for finding in findings} - _without_source(findings)
    return {name: repair for name, repair in {**own, **services, **last}.items() if name in wanted}


def beyond_repair(findings: Sequence[Finding]) -> list[Finding]:
    """What no repair makes again. A derived file may be found by two looks, of which one knows its repair."""
    repaired = {finding.where for finding in findings if finding.repair}
    return [finding for finding in findings if finding.severity != "note" and not _is_repaired(finding, repaired)]


def _is_repaired(finding: Finding, repaired: Container[str]) -> bool:
    return bool(finding.repair) or (finding.severity == "gap" and finding.where in repaired)


def look_up(paper_ids: Iterable[str]) -> str:
    """Have the running system fetch the metadata of papers; returns how many it got. Raises PapersysError."""
    wanted = sorted(set(paper_ids))
    found = 0
    for start in range(0, min(len(wanted), _MOST_LOOKUPS), _AT_ONCE):
        part = tuple(wanted[start : start + _AT_ONCE])
        reply = ask_running_system(Lookup(paper_ids=part))
        if reply is None:
            raise TemporaryFailure(
                f"{counted(len(wanted), 'paper')} without metadata ({some(wanted)}): start papersys, which asks arXiv, "
                "and run this again."
            )
        found += len(set(part) & set(reply.found))
    text = f"arXiv gave the metadata of {found} of {counted(len(wanted), 'paper')}."
    more = len(wanted) > _MOST_LOOKUPS
    return f"{text} For so many, `papersys fetch --audit` is quicker." if more else text


def _papers_of(findings: Iterable[Finding], repair: str) -> set[str]:
    return {paper_id for finding in findings if finding.repair == repair for paper_id in finding.papers}


def _lent(load: Callable[[], Repair]) -> Repair:
    return lambda: load()()


def _without_source(findings: Iterable[Finding]) -> set[str]:
    """Repairs whose source is damaged itself: made from it, what they make would say less than what stands."""
    return {tags.INDEX} if tags.DECISIONS in _damaged(findings) else set()


def _damaged(findings: Iterable[Finding]) -> set[str]:
    """The files in which something is wrong, without the line."""
    return {finding.where.partition(", line ")[0] for finding in findings if finding.severity == "damage"}
