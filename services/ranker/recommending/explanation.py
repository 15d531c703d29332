"""Why a paper was picked, or not: its outcome in each selection, what moved its score, what would have changed it."""

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable, Sequence

from services.ranker.features.paper_ages import ages
from services.ranker.interests.discovery.phrases import is_content_word
from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.learning.match import matches_of
from services.ranker.learning.similarity import projected_vectors
from services.ranker.learning.taste import Taste
from services.ranker.models.comparison import relative_rank
from services.ranker.selection.arrival_log import ArrivalLog
from services.ranker.selection.reason_writer import titles_of
from shared.contracts import CandidateOutcome, Explain, ExplainReply, Influence, Label, WordInfluence, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.papers.summaries import SummaryStore
from shared.store.people.preferences import RatingStore
from shared.store.selections import Candidate, SelectionStore
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.joined_vectors import JoinedVectors

_INFLUENCES = 10
_WORDS = 8
_DIGITS = 2
_COMPARED = 400
_WORD = re.compile(r"[^\W\d_][\w-]{3,}", re.UNICODE)


class Explainer:
    """Reads everything, writes nothing."""

    def __init__(
        self,
        data: DataFolder,
        vectors: JoinedVectors,
        metadata: MetadataStore,
        selections: SelectionStore,
        arrival_log: ArrivalLog,
    ) -> None:
        self._vectors, self._metadata, self._selections, self._arrival_log = vectors, metadata, selections, arrival_log
        self._summaries = SummaryStore(data)
        self._tag_index = TagStore(data)
        self._ratings = RatingStore(data)
        self._reading = threading.Lock()

    def explain(self, request: Explain, taste: Taste) -> ExplainReply:
        """What is known of candidate paper, in the light of a taste."""
        paper_id = request.paper_id
        with self._reading:
            vectors = self._vectors.get([paper_id])
            selections = self._selections.of(request.user)
            candidates = [one for one in selections.outcomes(paper_id) if one.user == request.user]
            comparable = bool(vectors.ids) and taste.regime != "typical"
            paper = self._metadata.get([paper_id]).get(paper_id)
            bag = bag_of_paper(paper)
            influences = taste.influences(vectors.matrix[0], bag)[:_INFLUENCES] if comparable else []
            days = ages([paper], candidates[0].made_at if candidates else now())
            scores = taste.score(vectors.matrix, [bag], days) if comparable else None
            probabilities = taste.probabilities(scores) if scores is not None else None
            rivals = selections.read(candidates[0].day, candidates[0].run_id) if candidates else []
            return ExplainReply(
                paper_id=paper_id,
                score=float(scores[0])
                if scores is not None
                else next((candidate.score for candidate in candidates), None),
                probability=float(probabilities[0]) if probabilities is not None else None,
                regime=taste.regime,
                outcomes=tuple(map(describe_outcome, candidates))
                or (self._before_any(paper_id, paper is not None, bool(vectors.ids)),),
                influences=self._influences(influences, taste),
                words=self._words(paper, taste) if paper else (),
                tags=self._tags(paper_id, taste),
                changes=would_change(candidates[0], rivals) if candidates else (),
                ahead_of=ahead_of(taste, vectors.matrix) if comparable and len(taste.background) else None,
                match=matches_of(taste, scores)[0] if scores is not None else "",
                signals=by_signals(taste, vectors.matrix) if comparable else 0.0,
            )

    def _influences(self, weights: Sequence[tuple[str, float]], taste: Taste) -> tuple[Influence, ...]:
        titles = titles_of(self._metadata, [name for name, _ in weights])
        ratings = self._ratings.current(taste.user)
        labels: dict[str, Label] = dict.fromkeys(taste.dislikes.names, "dislike")
        labels |= dict.fromkeys(taste.likes.names, "like")
        return tuple(
            Influence(
                paper_id=name,
                title=titles.get(name, ""),
                weight=weight,
                label=labels.get(name, ""),
                rated_at=ratings[name].occurred_at if name in ratings else None,
            )
            for name, weight in weights
            if round(weight, _DIGITS)
        )

    def _before_any(self, paper_id: str, harvested: bool, embedded: bool) -> str:
        """The state of a paper that was in no selection yet."""
        if any(paper_id in run.waiting for run in self._arrival_log.runs()):
            return "waits for the next selection"
        if any(paper_id in run.failed for run in self._arrival_log.runs()):
            return "could not be embedded, so it never competed"
        if embedded:
            return "was in no selection"
        return "has no vector yet, so it could not compete" if harvested else "was never harvested"

    def _words(self, paper: Paper, taste: Taste) -> tuple[WordInfluence, ...]:
        names = {label: list(pool.names)[-_COMPARED:] for label, pool in (("l", taste.likes), ("d", taste.dislikes))}
        liked, disliked = (self._metadata.get(names[label]).values() for label in ("l", "d"))
        others = self._metadata.get(taste.background.names[:_COMPARED]).values()
        weights = word_weights(words_of(paper), *map(_counted, (liked, disliked, others)))
        return tuple(WordInfluence(text=word, weight=weight) for word, weight in weights[:_WORDS])

    def _tags(self, paper_id: str, taste: Taste) -> tuple[WordInfluence, ...]:
        """The paper's tags, each with how many liked papers have it, less the disliked ones."""
        index = self._tag_index.index()
        summary = self._summaries.get(paper_id)
        tags = index.shown(summary.tags, summary.raw_tags) if summary else ()
        if not tags:
            return ()
        counts: Counter[str] = Counter()
        for pool, sign in ((taste.likes, 1), (taste.dislikes, -1)):
            for other in self._summaries.get_many(list(pool.names)).values():
                counts.update(dict.fromkeys(index.shown(other.tags, other.raw_tags), sign))
        return tuple(WordInfluence(text=tag, weight=counts[tag]) for tag in tags if counts[tag])


def ahead_of(taste: Taste, vector: Matrix) -> float:
    """The share of random papers that score lower than one (1 x d)."""
    return float(1 + relative_rank(taste, taste.z_scores(vector))[0]) / 2


def by_signals(taste: Taste, vector: Matrix) -> float:
    """What saves, skips and opens add to the z-score of one paper (1 x d)."""
    return float(taste.signals.z_scores(projected_vectors(vector, taste.background))[0]) if taste.signals else 0.0


def words_of(paper: Paper) -> set[str]:
    """The longer words of a title and abstract that can say what it is about, in lower case."""
    return {word for found in _WORD.findall(paper.text) if is_content_word(word := found.casefold())}


def word_weights(
    words: Iterable[str],
    liked: tuple[Counter[str], int],
    disliked: tuple[Counter[str], int],
    others: tuple[Counter[str], int],
) -> list[tuple[str, float]]:
    """Log odds of each word among liked papers against disliked and other ones, strongest first; only what says much.

    The counts are of papers that have the word, with how many papers there are; one half is added to each.
    """
    weights = []
    for word in words:
        seen, against = liked[0][word], disliked[0][word]
        if seen + against < 2:
            continue
        rate = (seen + 0.5) / (liked[1] + 1)
        rest = (against + others[0][word] + 0.5) / (disliked[1] + others[1] + 1)
        weights.append((word, math.log(rate / rest)))
    strong = [pair for pair in weights if abs(pair[1]) > 0.7]
    return sorted(strong, key=lambda pair: (-abs(pair[1]), pair[0]))


def would_change(candidate: Candidate, rivals: list[Candidate]) -> tuple[str, ...]:
    """What would have made the newest selection pick a paper that it did not; empty for a pick."""
    if candidate.outcome in ("below_quota", "below_threshold", "thinned") and candidate.rank is not None:
        return _missing_for_pick(candidate, candidate.rank, rivals)
    remedies: dict[CandidateOutcome, str] = {
        "near_duplicate": "the paper it nearly repeats not being there, or `duplicate_cosine` set higher",
        "disliked": "no dislike of it: `papersys clear` removes the rating",
        "already_read": "no like of it: what is liked is not shown again, except as a new version",
        "withdrawn": "nothing: its authors withdrew it",
    }
    return (remedies[candidate.outcome],) if candidate.outcome in remedies else ()


def _missing_for_pick(candidate: Candidate, rank: int, rivals: list[Candidate]) -> tuple[str, ...]:
    ranks = [
        rival.rank for rival in rivals if rival.outcome == "picked" and rival.slot in ("top", "revised") and rival.rank
    ]
    above = sum(1 for rival in rivals if rival.outcome in ("below_quota", "thinned") and (rival.rank or 0) < rank)
    changes = [f"{len(ranks) + above + 1} picks a day instead of {len(ranks)}"]
    if ranks and max(ranks) < rank:
        last = next(rival.paper_id for rival in rivals if rival.rank == max(ranks))
        changes.append(f"rank {max(ranks)} instead of {rank}, that of {last}, the last pick by score")
    if candidate.outcome == "thinned":
        changes = ["a lower `diversity`: it was passed over because it is similar to better picks"]
    if candidate.outcome == "below_threshold" and candidate.probability is not None:
        changes = [f"a `threshold` of at most {candidate.probability:.2f}"]
    if candidate.propensity:
        changes.append(f"the random draw of exploration, with a probability of {candidate.propensity:.1%}")
    return tuple(changes)


def describe_outcome(candidate: Candidate) -> str:
    """One line on what became of a paper in a selection."""
    rank = f", rank {candidate.rank}" if candidate.rank is not None else ""
    slot = f" ({candidate.slot})" if candidate.slot else ""
    why = f": {'; '.join(candidate.reasons)}" if candidate.reasons else ""
    return f"{candidate.day.isoformat()} {candidate.outcome.replace('_', ' ')}{slot}{rank}{why}"


def _counted(papers: Iterable[Paper]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    number = 0
    for paper in papers:
        counts.update(words_of(paper))
        number += 1
    return counts, number
