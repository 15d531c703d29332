"""What became of a paper in selections, and what a person said of it."""

from collections.abc import Iterator

from deploy.paper_trace.way import Step
from shared.store.files.data_folder import DataFolder
from shared.store.people.notes import NoteStore
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.store.selections import Candidate, SelectionStore

_LABELS = {"like": "liked", "dislike": "disliked", "clear": "rating removed"}


def selection_steps(data: DataFolder, user: str, paper_id: str) -> Iterator[Step]:
    """Every selection of the person that had the paper among its candidates."""
    for candidate in SelectionStore(data, user).outcomes(paper_id):
        yield Step(stage="ranked", what=in_words(candidate), at=candidate.made_at)


def in_words(candidate: Candidate) -> str:
    """Whether it was picked on which day, by what score, and why."""
    picked = f"picked ({candidate.slot})" if candidate.outcome == "picked" else "not picked"
    why = "" if candidate.outcome == "picked" else f", {candidate.outcome.replace('_', ' ')}"
    rank = "" if candidate.rank is None else f", rank {candidate.rank}"
    score = "" if candidate.score is None else f", score {candidate.score:.2f}"
    match = f", {candidate.match} match" if candidate.match else ""
    reason = f": {candidate.reasons[0]}" if candidate.reasons else ""
    return f"{picked}{why} for {candidate.day}{rank}{score}{match}{reason}"


def personal_steps(data: DataFolder, user: str, paper_id: str) -> Iterator[Step]:
    """Ratings, saves and openings of the person, and when the note was changed last."""
    for rating in RatingStore(data).all(user):
        if rating.paper_id == paper_id:
            where = f"{_LABELS[rating.label]} ({rating.source})"
            yield Step(stage="rating", what=where, at=rating.occurred_at)
    for signal in SignalStore(data).all(user):
        if signal.paper_id == paper_id:
            seconds = f" for {signal.value:.0f} s" if signal.kind == "read" else ""
            yield Step(stage="signal", what=f"{signal.kind}{seconds} ({signal.source})", at=signal.occurred_at)
    if (note := NoteStore(data).get(user, paper_id)).text:
        yield Step(stage="note", what=f"{len(note.text)} characters", at=note.changed_at)
