"""The report of an import: each row counted once, the lines that a person should see named."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.feedback.importing.planning import Outcome, Step, Terms, said_of
from shared.contracts.people.importing import (
    MOST_NOTES,
    ImportNote,
    ImportOffer,
    ImportReport,
    Notes,
    OfferedPaper,
    ReadFile,
)
from shared.text.rating_files.rated_rows import RatingFile
from shared.text.safe.plain_text import shortened

_TITLE = 120


def report_of(
    files: Sequence[RatingFile], steps: Sequence[Step], terms: Terms, titles: Mapping[str, str]
) -> ImportReport:
    """`titles` of stored papers by id."""
    stored = [step.rating for step in steps if step.rating and not step.waits]
    labels = Counter(rating.label for rating in stored)
    outcomes = Counter(step.outcome for step in steps if not step.waits)
    offers = [step for step in steps if step.outcome == "offered"]
    return ImportReport(
        unrated=sum(step.resolved.row.said is None and step.outcome not in ("offered", "not found") for step in steps),
        lists_are="dislike" if terms.lists_are == "dislike" else "like",
        files=tuple(ReadFile(name=file.name, form=file.form, rows=len(file.rows)) for file in files),
        user=terms.user,
        likes=labels["like"],
        dislikes=labels["dislike"],
        removals=labels["clear"],
        skips=outcomes["skipped"],
        agreeing=outcomes["agreeing"],
        earlier=outcomes["earlier"],
        repeated=outcomes["repeated"],
        doubled=outcomes["doubled"],
        without_rating=outcomes["without rating"],
        neutral_but_rated=outcomes["neutral but rated"],
        to_look_up=len({rating.paper_id for rating in stored if rating.label != "clear"} - titles.keys()),
        changed=_notes(_with_outcome(steps, "changed")),
        kept=_notes(_with_outcome(steps, "kept")),
        conflicting=_notes(_with_outcome(steps, "conflicting")),
        repaired=_notes(_repairs(steps, titles)),
        to_check=sum(step.waits for step in steps),
        waiting=_notes(_waiting(steps)),
        not_found=_notes(_with_outcome(steps, "not found")),
        unreadable=_notes(
            ImportNote(file=file.name, line=problem.line, text=problem.text)
            for file in files
            for problem in file.problems
        ),
        offers=tuple(_offer(step, terms, titles) for step in offers[:MOST_NOTES]),
        offered=len(offers),
    )


def _notes(notes: Iterable[ImportNote]) -> Notes:
    every = sorted(notes, key=lambda note: (note.file, note.line))
    return Notes(total=len(every), first=tuple(every[:MOST_NOTES]))


def _with_outcome(steps: Sequence[Step], outcome: Outcome) -> Iterator[ImportNote]:
    return (_note(step, step.note) for step in steps if step.outcome == outcome and not step.waits)


def _repairs(steps: Sequence[Step], titles: Mapping[str, str]) -> Iterator[ImportNote]:
    for step in steps:
        if step.resolved.is_repaired and step.resolved.state == "known":
            paper_id = step.resolved.paper_id
            title = shortened(titles.get(paper_id, ""), _TITLE)
            yield _note(step, f"{step.resolved.row.damaged_id} is {paper_id}{f': {title}' if title else ''}")


def _waiting(steps: Sequence[Step]) -> Iterator[ImportNote]:
    for step in steps:
        if step.waits or step.outcome == "still waiting":
            yield _note(step, f"{step.resolved.row.damaged_id} may be {step.resolved.paper_id}, which is not stored")


def _note(step: Step, text: str) -> ImportNote:
    resolved = step.resolved
    return ImportNote(file=resolved.file, line=resolved.row.line, paper_id=resolved.paper_id, text=text)


def _offer(step: Step, terms: Terms, titles: Mapping[str, str]) -> ImportOffer:
    resolved = step.resolved
    papers = tuple(
        OfferedPaper(paper_id=each, title=shortened(titles.get(each, ""), _TITLE)) for each in resolved.offers
    )
    return ImportOffer(
        file=resolved.file,
        line=resolved.row.line,
        wanted=shortened(resolved.row.title or resolved.row.damaged_id, _TITLE),
        label=said_of(resolved, terms),
        papers=papers,
    )
