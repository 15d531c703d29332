"""Why a paper was picked, or why not: its fate at every stage, what moved its score, and what would have changed it."""

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable

from services.ranker.learning.lexicon import bag_of_paper
from services.ranker.learning.taste import Taste
from services.ranker.models.comparison import standing
from services.ranker.selection.arrival_log import ArrivalBook
from services.ranker.selection.candidates import ages, titles_of
from shared.contracts import Explain, ExplainReply, Influence, WordInfluence, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore, Paper
from shared.store.selections import Candidate, SelectionStore
from shared.store.summaries import SummaryStore
from shared.store.vectors.embeddings import Matrix
from shared.store.vectors.joined_vectors import JoinedVectors

_INFLUENCES = 10
_WORDS = 8
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
        book: ArrivalBook,
    ) -> None:
        self._vectors, self._metadata, self._selections, self._book = vectors, metadata, selections, book
        self._summaries = SummaryStore(data)
        self._reading = threading.Lock()

    def explain(self, request: Explain, taste: Taste) -> ExplainReply:
        """What is known of one paper, in the light of a taste."""
        paper_id = request.paper_id
        with self._reading:
            vectors = self._vectors.get([paper_id])
            fates = [one for one in self._selections.fates(paper_id) if one.user == request.user]
            comparable = bool(vectors.ids) and taste.regime != "typical"
            paper = self._metadata.get([paper_id]).get(paper_id)
            bag = bag_of_paper(paper)
            influences = taste.influences(vectors.matrix[0], bag)[:_INFLUENCES] if comparable else []
            titles = titles_of(self._metadata, [name for name, _ in influences])
            days = ages([paper], fates[0].made_at if fates else now())
            scores = taste.score(vectors.matrix, [bag], days) if comparable else None
            chances = taste.chances(scores) if scores is not None else None
            rivals = self._selections.read(fates[0].day, fates[0].run_id) if fates else []
            return ExplainReply(
                paper_id=paper_id,
                score=float(scores[0]) if scores is not None else next((one.score for one in fates), None),
                probability=float(chances[0]) if chances is not None else None,
                regime=taste.regime,
                fates=tuple(map(describe_fate, fates))
                or (self._before_any(paper_id, paper is not None, bool(vectors.ids)),),
                influences=tuple(
                    Influence(paper_id=name, title=titles.get(name, ""), weight=weight) for name, weight in influences
                ),
                words=self._words(paper, taste) if paper else (),
                tags=self._tags(paper_id, taste),
                changes=would_change(fates[0], rivals) if fates else (),
                ahead_of=ahead_of(taste, vectors.matrix) if comparable and len(taste.background) else None,
            )

    def _before_any(self, paper_id: str, harvested: bool, embedded: bool) -> str:
        """Where a paper stands that was in no selection yet."""
        if any(paper_id in run.waiting for run in self._book.runs()):
            return "waits for the next selection"
        if any(paper_id in run.failed for run in self._book.runs()):
            return "could not be embedded, so it never competed"
        if embedded:
            return "was in no selection"
        return "has no vector yet, so it could not compete" if harvested else "was never harvested"

    def _words(self, paper: Paper, taste: Taste) -> tuple[WordInfluence, ...]:
        names = {label: list(pool.names)[-_COMPARED:] for label, pool in (("l", taste.likes), ("d", taste.dislikes))}
        liked, disliked = (self._metadata.get(names[label]).values() for label in ("l", "d"))
        others = self._metadata.get(taste.background.names[:_COMPARED]).values()
        found = word_weights(words_of(paper), *map(_counted, (liked, disliked, others)))
        return tuple(WordInfluence(text=word, weight=weight) for word, weight in found[:_WORDS])

    def _tags(self, paper_id: str, taste: Taste) -> tuple[WordInfluence, ...]:
        """The paper's tags, each with how many liked papers have it, less the disliked ones."""
        summary = self._summaries.get(paper_id)
        if summary is None or not summary.tags:
            return ()
        counts: Counter[str] = Counter()
        for pool, sign in ((taste.likes, 1), (taste.dislikes, -1)):
            for other in self._summaries.get_many(list(pool.names)).values():
                counts.update(dict.fromkeys(other.tags, sign))
        return tuple(WordInfluence(text=tag, weight=counts[tag]) for tag in summary.tags if counts[tag])


def ahead_of(taste: Taste, vector: Matrix) -> float:
    """The share of ordinary papers that rank below one (1 x d)."""
    return float(1 + standing(taste, taste.merits(vector))[0]) / 2


def words_of(paper: Paper) -> set[str]:
    """The longer words of a title and abstract, in lower case."""
    return {word.casefold() for word in _WORD.findall(paper.text)}


def word_weights(
    words: Iterable[str],
    liked: tuple[Counter[str], int],
    disliked: tuple[Counter[str], int],
    others: tuple[Counter[str], int],
) -> list[tuple[str, float]]:
    """Log odds of each word among liked papers against disliked and other ones, strongest first; only what says much.

    The counts are of papers that have the word, with how many papers there are; one half is added to each.
    """
    found = []
    for word in words:
        seen, against = liked[0][word], disliked[0][word]
        if seen + against < 2:
            continue
        rate = (seen + 0.5) / (liked[1] + 1)
        rest = (against + others[0][word] + 0.5) / (disliked[1] + others[1] + 1)
        found.append((word, math.log(rate / rest)))
    strong = [one for one in found if abs(one[1]) > 0.7]
    return sorted(strong, key=lambda one: (-abs(one[1]), one[0]))


def would_change(one: Candidate, rivals: list[Candidate]) -> tuple[str, ...]:
    """What would have made the newest selection pick a paper that it did not; nothing for a pick."""
    top = [rival for rival in rivals if rival.fate == "picked" and rival.slot in ("top", "revised") and rival.rank]
    last = max(top, key=lambda rival: rival.rank or 0, default=None)
    if one.fate in ("below_quota", "below_threshold", "thinned") and one.rank is not None:
        above = sum(1 for r in rivals if r.fate in ("below_quota", "thinned") and (r.rank or 0) < one.rank)
        said = [f"a quota of {len(top) + above + 1} papers on merit would have reached it (it was {len(top)})"]
        if last is not None and last.rank is not None and last.rank < one.rank:
            said.append(f"rank {last.rank} instead of {one.rank}, that of {last.paper_id}, the last pick on merit")
        if one.fate == "thinned":
            said = ["`diversity` set lower: it was passed over because better picks are much like it"]
        if one.fate == "below_threshold" and one.probability is not None:
            said = [f"a `threshold` of at most {one.probability:.2f}"]
        if one.propensity:
            said.append(f"the draw of exploration: its chance was {one.propensity:.1%}")
        return tuple(said)
    remedies = {
        "near_duplicate": "the paper it nearly repeats not being there, or `duplicate_cosine` set higher",
        "disliked": "no dislike of it: `papersys clear` takes the rating back",
        "already_read": "no like of it: what is liked is not shown again, except as a new version",
        "withdrawn": "nothing: its authors withdrew it",
    }
    return (remedies[one.fate],) if one.fate in remedies else ()


def describe_fate(one: Candidate) -> str:
    """One line on what became of a paper in a selection."""
    rank = f", rank {one.rank}" if one.rank is not None else ""
    slot = f" ({one.slot})" if one.slot else ""
    why = f": {'; '.join(one.reasons)}" if one.reasons else ""
    return f"{one.day.isoformat()} {one.fate.replace('_', ' ')}{slot}{rank}{why}"


def _counted(papers: Iterable[Paper]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    number = 0
    for paper in papers:
        counts.update(words_of(paper))
        number += 1
    return counts, number
