"""The ranker's objects, put together for the service and for the command line: nothing of a server among them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from services.ranker.evaluation.signal_watch import SignalWatch
from services.ranker.facets.pauses import FacetPauses
from services.ranker.features.signal_use import SignalEvaluations, UseSignals, use_sentence
from services.ranker.following.arriving_papers import FollowsOfPapers
from services.ranker.following.recent_matches import RecentMatches
from services.ranker.interests.gathering import InterestStores
from services.ranker.interests.profile import InterestProfile
from services.ranker.interests.saved_facets import SavedFacets
from services.ranker.learning.taste import Taste
from services.ranker.map.paper_maps import MapStores, PaperMaps
from services.ranker.map.saved_maps import SavedMaps
from services.ranker.missed.watch import MissedWatch
from services.ranker.missed.weekly import MissedPapers
from services.ranker.models.files import ModelFiles
from services.ranker.models.refitting import Learner
from services.ranker.recommending.answers import Answers
from services.ranker.recommending.explanation import Explainer
from services.ranker.rising.rising_concepts import RisingConcepts
from services.ranker.rising.saved_rising import RisingFiles
from services.ranker.rising.search_for_growth import GrowthStores
from services.ranker.search.arxiv import ArxivSearcher
from services.ranker.search.index.keyword_index import KeywordIndex
from services.ranker.search.index.updater import IndexUpdater
from services.ranker.search.searcher import Searcher
from services.ranker.search.vector_search import VectorSearch
from services.ranker.seeds.seeds import Seeds
from services.ranker.selection.arrival_log import ArrivalLog
from services.ranker.selection.candidates import CandidateSelector
from services.ranker.selection.daily import DailySelection, SelectionFiles
from services.ranker.selection.outbox import Outbox
from services.ranker.settings import Settings
from services.ranker.stores import RankerStores, open_stores
from shared.bus.questions.requests import ReplyT, SendRequest
from shared.contracts import Encode, InterestFacet, Request, now
from shared.store.files.data_folder import DataFolder
from shared.store.papers.metadata import MetadataStore
from shared.store.papers.summaries import SummaryStore
from shared.store.people.facet_preferences import FacetPreferenceStore
from shared.store.people.follows import FollowStore
from shared.store.people.missed import MissedStore
from shared.store.people.preferences import RatingStore
from shared.store.people.signals import SignalStore
from shared.store.people.users import UserStore
from shared.store.selections import SelectionStore
from shared.store.tagging.tags import TagStore
from shared.store.vectors.embeddings import VectorStore
from shared.store.vectors.joined_vectors import JoinedVectors, open_joined

if TYPE_CHECKING:  # what services need for it takes commands half a second
    from shared.bus.bus import Bus


@dataclass(frozen=True)
class Ranker:
    """The ranker's objects, for the service and for the command line."""

    data: DataFolder
    arrival_log: ArrivalLog
    selections: SelectionStore
    metadata: MetadataStore
    seeds: Seeds
    learner: Learner
    selector: CandidateSelector
    outbox: Outbox
    daily: DailySelection
    answers: Answers
    interests: InterestProfile
    follows: RecentMatches
    maps: PaperMaps
    rising: RisingConcepts
    signal_watch: SignalWatch
    missed: MissedPapers
    missed_watch: MissedWatch


def build(
    settings: Settings,
    bus: "Bus",
    clock: Callable[[], datetime] = now,
    on_refit: Callable[[Taste], None] = lambda taste: None,
    *,
    only_reads: bool = False,
) -> Ranker:
    """Put the ranker together; opens and starts nothing. With `only_reads`, what it learns is not kept."""
    data = DataFolder(settings.data.path, settings.data.min_free_mb)
    embedding = settings.embedding
    vectors, ask = open_joined(data, list(embedding.joined)), asking(bus.ask, joined=len(embedding.joined) > 1)
    stores = open_stores(data, vectors)
    seeds = Seeds(settings.ranker.seeds, data, vectors, MetadataStore(data), ask, only_reads=only_reads)
    models = ModelFiles(data, only_reads=only_reads)
    dimension = sum(model.dimension for model in embedding.joined.values())
    pauses = FacetPauses(FacetPreferenceStore(data), clock)
    learner = Learner(settings.ranker, open_stores(data, vectors), seeds, models, dimension, clock, on_refit, pauses)
    interests = build_interests(data, embedding.model, clock, settings.ranker.use_signals)
    follows = FollowsOfPapers(FollowStore(data), TagStore(data), MetadataStore(data))
    users = UserStore(data)
    selector = CandidateSelector(
        settings.ranker, stores, clock, interests.directions, follows.matched, picks_a_day(users)
    )
    files = SelectionFiles(data, ArrivalLog(data), stores.selections, Outbox(data, stores.selections))
    daily = DailySelection(settings.ranker, files, selector, learner, bus, clock, users.names)
    explainer = Explainer(data, vectors, MetadataStore(data), SelectionStore(data), files.arrival_log)
    searchers = build_searchers(data, embedding.model, bus, vectors, ask)
    shown = FollowsOfPapers(FollowStore(data), TagStore(data), MetadataStore(data))
    answers = Answers(open_stores(data, vectors), explainer, learner, *searchers, interests.directions, shown.matched)
    missed = build_missed(settings, data, open_stores(data, vectors), interests, clock)
    return Ranker(
        data=data,
        arrival_log=files.arrival_log,
        selections=stores.selections,
        metadata=stores.metadata,
        seeds=seeds,
        learner=learner,
        selector=selector,
        outbox=files.outbox,
        daily=daily,
        answers=answers,
        interests=interests,
        follows=RecentMatches(FollowStore(data), TagStore(data), searchers[0]),
        maps=build_maps(data, embedding.model, interests),
        rising=build_rising(data, embedding.model, clock),
        signal_watch=SignalWatch(settings, data, clock),
        missed=missed,
        missed_watch=MissedWatch(missed, MissedStore(data), RatingStore(data).users, learner.current, clock),
    )


def build_missed(
    settings: Settings,
    data: DataFolder,
    stores: RankerStores,
    interests: InterestProfile,
    clock: Callable[[], datetime],
) -> MissedPapers:
    """What looks for missed papers, with stores of its own."""

    def facets(user: str) -> tuple[InterestFacet, ...]:
        return interests.current(user).facets

    return MissedPapers(settings.ranker, stores, FollowStore(data), TagStore(data), facets, clock)


def picks_a_day(users: UserStore) -> Callable[[str], int | None]:
    """How many picks a day a person has; None: as many as the settings say."""

    def per_day(name: str) -> int | None:
        user = users.get(name)
        return user.per_day if user else None

    return per_day


def build_searchers(
    data: DataFolder, model: str, bus: "Bus", vectors: JoinedVectors | None = None, ask: SendRequest | None = None
) -> tuple[Searcher, ArxivSearcher]:
    """Search here and at arXiv, with stores of its own: no question waits for the day's work.

    Semantic search here is by the model in use; what arXiv finds is re-ranked by the user's model too, so by all joined
    `vectors`, with texts encoded by `ask`.
    """
    metadata, index = MetadataStore(data), KeywordIndex(data.path("state", "search", "words"))
    updater, by_model = IndexUpdater(data, metadata, index), VectorSearch(VectorStore(data, model))
    searcher = Searcher(metadata, index, updater, by_model, bus.ask)
    by_all = VectorSearch(vectors) if vectors else by_model
    return searcher, ArxivSearcher(Searcher(metadata, index, updater, by_all, ask or bus.ask), by_all, bus.ask)


def asking(ask: SendRequest, *, joined: bool) -> SendRequest:
    """Requests as `ask` sends them; with `joined`, texts are encoded by all joined models."""

    async def asked(request: Request[ReplyT]) -> ReplyT:
        return await ask(request.model_copy(update={"joined": True} if isinstance(request, Encode) else {}))

    return asked if joined else ask


def build_interests(
    data: DataFolder, model: str, clock: Callable[[], datetime], use_signals: UseSignals = "auto"
) -> InterestProfile:
    """Interests, with stores of their own."""
    evaluations = SignalEvaluations(data)

    def about_signals(user: str) -> str:
        return use_sentence(use_signals, evaluations.get(user))

    stores = InterestStores(
        vectors=VectorStore(data, model),
        metadata=MetadataStore(data),
        ratings=RatingStore(data),
        summaries=SummaryStore(data),
        tags=TagStore(data),
        preferences=FacetPreferenceStore(data),
    )
    return InterestProfile(stores, clock, SavedFacets(data), about_signals)


def build_maps(data: DataFolder, model: str, interests: InterestProfile) -> PaperMaps:
    """Maps, with stores of their own."""
    signals = SignalStore(data)

    def saved(user: str) -> tuple[str, ...]:
        return tuple(signals.current("save", user))

    stores = MapStores(VectorStore(data, model), RatingStore(data), SelectionStore(data), saved)
    return PaperMaps(stores, SavedMaps(data), interests.current)


def build_rising(data: DataFolder, model: str, clock: Callable[[], datetime]) -> RisingConcepts:
    """What rises, with stores of its own."""
    stores = GrowthStores(VectorStore(data, model), MetadataStore(data))
    return RisingConcepts(stores, RatingStore(data), RisingFiles(data), clock)
