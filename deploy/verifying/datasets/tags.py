"""Tags: every decision readable, there once and about a tag that exists; and the index is what they come to."""

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from deploy.verifying.known_papers import is_paper_id
from deploy.verifying.lines import read_records
from deploy.verifying.premises import Premises
from shared.store.files.jsonlines import dump_line
from shared.store.keeping.findings import RESTORE, Findings, counted, some
from shared.store.tagging.tag_decisions import TagDecision, TagProposal, in_force
from shared.store.tagging.tag_index import Tag, TagIndex, index_of
from shared.store.tagging.tags import TagStore

DECISIONS = "tags/decisions.jsonl"
INDEX = "tag-index"
"""The repair that writes the index from the decisions."""
M = TypeVar("M", bound=BaseModel)

_MEND = "mend or remove the line, or restore the file from a backup"
_MAKING = ("create", "propose")
_WITH_OTHER = ("merge", "parent", "keep_apart")


def verify_tags(premises: Premises, findings: Findings) -> None:
    """Look at decisions and proposals, then at the index."""
    store = TagStore(premises.data)
    before = store.stamps()
    decisions = _records(premises, findings, store.decisions_path, TagDecision)
    old = [tag for _, tag in _records(premises, findings, store.old_tags_path, Tag)]
    _verify_each(premises, findings, store.decisions_path, decisions)
    index = index_of([decision for _, decision in decisions], old)
    _verify_named(premises, findings, store.decisions_path, decisions, index)
    papers = {paper_id for tag in index.tags.values() for paper_id in tag.papers if is_paper_id(paper_id)}
    premises.note_unknown_papers(findings, "tags", "tagged paper", papers)
    _records(premises, findings, store.proposals_path, TagProposal)
    if not _is_index_written(store, index) and store.stamps() == before:
        _say_index(premises, findings, store, index)


def rebuild_tag_index(premises: Premises) -> str:
    """Write the index that the decisions come to; returns what was done, in words."""
    TagStore(premises.data).write_index_anew()
    return "tags/index.jsonl is written anew from the decisions."


def _records(premises: Premises, findings: Findings, path: Path, record_class: type[M]) -> list[tuple[int, M]]:
    records = []
    for line in read_records(path, record_class):
        if line.record is None:
            findings.damage(premises.place(path), line.problem, _MEND, line=line.number)
        else:
            records.append((line.number, line.record))
    return records


def _verify_each(
    premises: Premises, findings: Findings, path: Path, decisions: Sequence[tuple[int, TagDecision]]
) -> None:
    place, seen = premises.place(path), dict[TagDecision, int]()
    for number, decision in decisions:
        first = seen.setdefault(decision, number)
        if first != number:
            findings.damage(place, f"says again what line {first} says", "remove the second line", line=number)
        if premises.is_to_come(decision.made_at):
            findings.damage(place, "is of a time to come", _MEND, line=number)
        if decision.paper_id and not is_paper_id(decision.paper_id):
            findings.damage(place, f"{decision.paper_id!r} is no arXiv id; was a zero lost?", _MEND, line=number)


def _verify_named(
    premises: Premises,
    findings: Findings,
    path: Path,
    decisions: Sequence[tuple[int, TagDecision]],
    index: TagIndex,
) -> None:
    """Each decision in force is about a tag that some decision made, and an undo about a decision that is there."""
    place = premises.place(path)
    has_undo = any(decision.action == "undo" for _, decision in decisions)
    ids = {decision.decision_id for _, decision in decisions} if has_undo else set()
    numbers = {id(decision): number for number, decision in decisions}
    for decision in in_force([decision for _, decision in decisions]):
        named = {decision.slug} | ({decision.into} if decision.action in _WITH_OTHER else set())
        gone = sorted(named - {""} - set(index.tags))
        if gone and decision.action not in _MAKING:
            text = f"is about the tag {gone[0]}, which no line makes"
            findings.damage(place, text, f"{RESTORE}: a line before it is lost", line=numbers[id(decision)])
    for number, decision in decisions:
        if decision.action == "undo" and decision.undoes not in ids:
            findings.damage(place, "undoes a decision that is not there", f"{RESTORE}: a line is lost", line=number)


def _say_index(premises: Premises, findings: Findings, store: TagStore, index: TagIndex) -> None:
    """An index that knows tags of which no decision tells was written before decisions were lost."""
    there = (line.record for line in read_records(store.index_path, Tag))
    more = sorted(tag.slug for tag in there if tag is not None and tag.slug not in index.tags)
    if more:
        text = f"lacks the decisions that made {counted(len(more), 'tag')} of the index ({some(more)})"
        findings.damage(DECISIONS, text)
        return
    text = "is missing" if not store.index_path.exists() else "is not what the decisions come to"
    remedy = "`papersys reconcile` writes it anew; nothing but people and other programs read it"
    findings.gap(premises.place(store.index_path), text, remedy, INDEX)


def _is_index_written(store: TagStore, index: TagIndex) -> bool:
    wanted = "".join(dump_line(tag) for tag in index.tags.values())
    try:
        return store.index_path.read_text("utf-8") == wanted
    except FileNotFoundError:
        return not wanted
    except (OSError, UnicodeDecodeError):
        return False
