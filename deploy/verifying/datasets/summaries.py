"""Summaries, links, revisions, the ledger: every line readable, in its month, once; and what they say of each other."""

import math
from collections.abc import Iterable, Iterator
from datetime import UTC, timedelta
from pathlib import Path
from typing import TypeVar

from deploy.migrating.records.summary_records import is_migrated
from deploy.verifying.datasets.selections import picks_of, selection_files
from deploy.verifying.known_papers import is_paper_id
from deploy.verifying.lines import read_records
from deploy.verifying.premises import MONTH_NAME, Premises
from shared.paper_ids import month_of
from shared.relations import is_relation
from shared.store.files.jsonlines import Record
from shared.store.harvests.runs import RunStore
from shared.store.keeping.findings import RESTORE, Findings, counted, some
from shared.store.models.ledger import Call
from shared.store.papers.links import Link, PaperLinks
from shared.store.papers.revisions import Revision
from shared.store.papers.summaries import Summary

R = TypeVar("R", bound=Record)

_MEND = "mend or remove the line, or restore the file from a backup"
_REMOVE = "remove the first of the two lines; the last one counts"
_READ_WITHIN = timedelta(days=1)
_READ_AGAIN = f"{RESTORE}, or read the papers again with `papersys reprocess`"


def verify_summaries(premises: Premises, findings: Findings) -> None:
    """Look at every summary, at the run that it names, and at what its calls cost by the ledger."""
    papers, read_here = set[str](), set[str]()
    runs, used = dict[str, list[str]](), dict[tuple[str, str], int]()
    for path, summary in records_of_months(premises, findings, "summaries", Summary):
        papers.add(summary.paper_id)
        if not is_migrated(summary):
            read_here.add(summary.paper_id)
        if premises.is_to_come(summary.made_at):
            text = f"the summary of {summary.paper_id} is of a time to come"
            findings.damage(premises.place(path), text, _READ_AGAIN)
        if summary.made_by.run_id:
            runs.setdefault(summary.made_by.run_id, []).append(summary.paper_id)
        if summary.usage.calls:
            used[summary.made_by.event_id, summary.paper_id] = summary.usage.calls
    premises.note_unknown_papers(findings, "summaries", "summarised paper", papers)
    _verify_runs(premises, findings, runs)
    _verify_calls(premises, findings, used)
    _verify_links_of(premises, findings, papers, read_here)
    _verify_picks(premises, findings, papers)


def verify_links(premises: Premises, findings: Findings) -> None:
    """Look at every link, and at the papers at both its ends."""
    starts, cited, others = set[str](), set[str](), set[str]()
    for path, line in records_of_months(premises, findings, "links", PaperLinks):
        starts.add(line.paper_id)
        if premises.is_to_come(line.made_at):
            text = f"the links of {line.paper_id} are of a time to come"
            findings.damage(premises.place(path), text, _READ_AGAIN)
        seen: set[tuple[str, str, bool]] = set()
        for link in line.links:
            (cited if link.type == "cites" else others).add(link.other_id)
            key = (link.other_id, link.type, link.is_reversed)
            problem = _odd_link(line.paper_id, link) or ("is there twice" if key in seen else "")
            seen.add(key)
            if problem:
                text = f"the link of {line.paper_id} to {link.other_id} ({link.type}) {problem}"
                findings.damage(premises.place(path), text, _READ_AGAIN)
    premises.note_unknown_papers(findings, "links", "linked paper", starts)
    _verify_ends(premises, findings, cited, others)


def verify_revisions(premises: Premises, findings: Findings) -> None:
    """Look at every line about new versions of papers."""
    papers = set[str]()
    for path, record in records_of_months(premises, findings, "revisions", Revision):
        papers.add(record.paper_id)
        if premises.is_to_come(record.made_at):
            text = f"what is known of new versions of {record.paper_id} is of a time to come"
            findings.damage(premises.place(path), text, "set the clock right, and remove the line: it is made again")
    premises.note_unknown_papers(findings, "revisions", "followed paper", papers)


def _odd_link(paper_id: str, link: Link) -> str:
    if link.paper_id != paper_id:
        return f"starts at another paper, {link.paper_id}"
    if link.other_id == paper_id:
        return "leads to the paper itself"
    if not is_paper_id(link.other_id):
        return "leads to no arXiv id; was a zero lost?"
    return "" if is_relation(link.type) else "is of a kind that papersys does not know"


def verify_ledger(premises: Premises, findings: Findings) -> None:
    """Look at every call: countable, of its month, there once, of a user."""
    seen: set[str] = set()
    for path in _months(premises, findings, "ledger", "jsonl"):
        place = premises.place(path)
        for line in read_records(path, Call):
            call = line.record
            problem = line.problem if call is None else _odd_call(premises, call, path.stem)
            if problem:
                findings.damage(place, problem, _MEND, line=line.number)
            if call is not None and call.call_id is not None:
                if call.call_id in seen:
                    findings.damage(place, "counts a call twice", "remove one of the two lines", line=line.number)
                seen.add(call.call_id)


def _odd_call(premises: Premises, call: Call, month: str) -> str:
    tokens = (call.input_tokens, call.cached_tokens, call.output_tokens)
    if min(tokens) < 0 or call.cached_tokens > call.input_tokens:
        return "counts tokens that cannot be"
    if call.cost is not None and (not math.isfinite(call.cost) or call.cost < 0):
        return f"costs {call.cost}, which cannot be"
    if premises.is_to_come(call.made_at):
        return "is of a time to come"
    if f"{call.made_at.astimezone(UTC):%Y-%m}" != month:
        return f"is of {call.made_at:%Y-%m-%d}, and counts in another month"
    return "" if call.user in premises.users else f"is of {call.user!r}, who is no user here"


def records_of_months(
    premises: Premises, findings: Findings, dataset: str, record_class: type[R]
) -> Iterator[tuple[Path, R]]:
    """Each record of `<dataset>/<YYYY-MM>.jsonl`; lines that are wrong in themselves become findings."""
    for path in _months(premises, findings, dataset, "jsonl"):
        place, seen = premises.place(path), dict[str, int]()
        for line in read_records(path, record_class):
            record = line.record
            if record is None:
                findings.damage(place, line.problem, _READ_AGAIN, line=line.number)
                continue
            yield path, record
            problem = _odd_place(record.paper_id, path.stem)
            if problem:
                findings.damage(place, problem, _MEND, line=line.number)
            elif record.paper_id in seen:
                text = f"has {record.paper_id} again, after line {seen[record.paper_id]}"
                findings.damage(place, text, _REMOVE, line=line.number)
            seen[record.paper_id] = line.number
    for path in sorted(premises.data.path(dataset, "unreadable").glob("*.jsonl")):
        text = f"{counted(sum(1 for _ in read_records(path, Record)), 'line')} that could not be read once"
        findings.note(premises.place(path), text, "`papersys reprocess ID` reads their papers again")


def _odd_place(paper_id: str, month: str) -> str:
    if not is_paper_id(paper_id):
        return f"{paper_id!r} is no arXiv id; was a zero lost?"
    return f"{paper_id} is of another month, where nobody looks for it" if month_of(paper_id) != month else ""


def _months(premises: Premises, findings: Findings, dataset: str, ending: str) -> list[Path]:
    paths = [path for path in premises.data.path(dataset).glob(f"????-??.{ending}") if MONTH_NAME.fullmatch(path.stem)]
    for path in paths:
        if premises.is_month_to_come(path.stem):
            text, remedy = "is of a month that has not begun", "move it away; a clock was wrong when it was made"
            findings.damage(premises.place(path), text, remedy)
    return sorted(paths)


def _verify_runs(premises: Premises, findings: Findings, runs: dict[str, list[str]]) -> None:
    """A paper of a harvest was summarised because a selection picked it, so the file of that selection is there."""
    stored = {file.path.stem for file in selection_files(premises)}
    harvested = set(RunStore(premises.data).ids())
    for run_id in sorted(runs.keys() - stored):
        if run_id in harvested:
            text = (
                f"has no selection of the run {run_id}, which picked {counted(len(runs[run_id]), 'summarised paper')}"
            )
            findings.damage("selections", f"{text} ({some(runs[run_id])})", "restore its file from a backup")


def _verify_calls(premises: Premises, findings: Findings, used: dict[tuple[str, str], int]) -> None:
    """The ledger has at least the calls that a summary says it took."""
    if not used:
        return
    paid: dict[tuple[str, str], int] = {}
    for path in sorted(premises.data.path("ledger").glob("????-??.jsonl")):
        for line in read_records(path, Call):
            if line.record is not None and line.record.event_id and line.record.paper_id:
                key = (line.record.event_id, line.record.paper_id)
                paid[key] = paid.get(key, 0) + 1
    short = [paper_id for (event, paper_id), calls in used.items() if paid.get((event, paper_id), 0) < calls]
    if short:
        text = f"lacks calls for {counted(len(short), 'summarised paper')} ({some(sorted(short))})"
        findings.damage("ledger", f"{text}, so sums of costs are too low")


def _verify_links_of(premises: Premises, findings: Findings, papers: set[str], read_here: set[str]) -> None:
    """Links are stored before the summary: every paper that was read here has a line of them, every line a summary."""
    linked = {
        record.record.paper_id
        for path in premises.data.path("links").glob("????-??.jsonl")
        for record in read_records(path, Record)
        if record.record is not None
    }
    missing = sorted(read_here - linked)
    if missing:
        text = f"{counted(len(missing), 'summarised paper')} without a line of links ({some(missing)})"
        findings.gap("links", text, "restore the links from a backup, or run `papersys reprocess` on the papers")
    lost = sorted(linked - papers)
    if lost:
        text = f"{counted(len(lost), 'paper')} with links but without a summary ({some(lost)})"
        findings.gap(
            "summaries", text, "restore the summaries from a backup, or run `papersys reprocess` on the papers"
        )


def _verify_picks(premises: Premises, findings: Findings, papers: set[str]) -> None:
    """What was picked is read; a pick of the last day may still wait for it."""
    oldest = premises.moment - _READ_WITHIN
    picked = {
        paper_id
        for file in selection_files(premises)
        for paper_id, made_at in picks_of(file.path)
        if paper_id not in papers and made_at < oldest
    }
    if picked:
        text = f"{counted(len(picked), 'picked paper')} without a summary ({some(sorted(picked))})"
        remedy = "restore the summaries from a backup, or run `papersys summarize` on the papers; `papersys dead list`"
        findings.gap("summaries", text, f"{remedy} says what failed")


def _verify_ends(premises: Premises, findings: Findings, cited: Iterable[str], others: Iterable[str]) -> None:
    """Cited papers are looked up at arXiv's pace, so some may wait; all others were known when they were linked."""
    unknown = {
        line.record.paper_id
        for line in read_records(premises.data.path("links", "unknown_papers.jsonl"), Record)
        if line.record is not None
    }
    waiting = premises.papers.missing(end for end in cited if is_paper_id(end) and end not in unknown)
    if waiting:
        text = f"{counted(len(waiting), 'cited paper')} without metadata ({some(waiting)})"
        findings.note("links", text, "the running system asks arXiv for them, ten at a time")
    premises.note_unknown_papers(findings, "links", "similar paper", filter(is_paper_id, others))
