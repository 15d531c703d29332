"""What the ranker does about each event and request."""

import asyncio

from services.ranker.following.recent_matches import RecentMatches
from services.ranker.interests.profile import InterestProfile
from services.ranker.map.paper_maps import PaperMaps
from services.ranker.models.refitting import Learner
from services.ranker.recommending.answers import Answers
from services.ranker.rising.rising_concepts import RisingConcepts
from services.ranker.selection.daily import DailySelection
from shared.bus.bus import Bus
from shared.contracts import (
    ChangeFacet,
    ChangeFacetReply,
    EmbeddingsReady,
    Explain,
    ExplainReply,
    FacetWish,
    FeedbackLabel,
    Followed,
    FollowedReply,
    HitsReply,
    Interests,
    InterestsReply,
    PaperMap,
    PaperMapReply,
    Recommend,
    Rising,
    RisingReply,
    Search,
    SetFacetPreference,
    SetFacetPreferenceReply,
)


def register(bus: Bus, daily: DailySelection, learner: Learner, answers: Answers) -> None:
    async def on_embeddings_ready(event: EmbeddingsReady) -> None:
        if event.force:
            await daily.request(event)
        else:
            await daily.note(event)

    async def on_feedback_label(event: FeedbackLabel) -> None:
        learner.notice()

    async def on_search(request: Search) -> HitsReply:
        return await answers.search(request)

    async def on_recommend(request: Recommend) -> HitsReply:
        return await answers.recommend(request)

    async def on_explain(request: Explain) -> ExplainReply:
        return await answers.explain(request)

    bus.on(EmbeddingsReady, on_embeddings_ready)
    bus.on(FeedbackLabel, on_feedback_label)
    bus.answer(Search, on_search)
    bus.answer(Recommend, on_recommend)
    bus.answer(Explain, on_explain)


def register_interests(bus: Bus, interests: InterestProfile) -> None:
    async def on_interests(request: Interests) -> InterestsReply:
        return await asyncio.to_thread(interests.current, request.user)

    async def on_set_facet_preference(request: SetFacetPreference) -> SetFacetPreferenceReply:
        return await asyncio.to_thread(interests.set_preference, request)

    async def on_change_facet(request: ChangeFacet) -> ChangeFacetReply:
        return await asyncio.to_thread(interests.change, request)

    bus.answer(Interests, on_interests)
    bus.answer(ChangeFacet, on_change_facet)
    bus.answer(SetFacetPreference, on_set_facet_preference)
    bus.answer(FacetWish, on_set_facet_preference)


def register_follows(bus: Bus, follows: RecentMatches) -> None:
    async def on_followed(request: Followed) -> FollowedReply:
        return await asyncio.to_thread(follows.find, request)

    bus.answer(Followed, on_followed)


def register_maps(bus: Bus, maps: PaperMaps) -> None:
    async def on_paper_map(request: PaperMap) -> PaperMapReply:
        return await maps.current(request)

    bus.answer(PaperMap, on_paper_map)


def register_rising(bus: Bus, rising: RisingConcepts) -> None:
    async def on_rising(request: Rising) -> RisingReply:
        return await rising.current(request)

    bus.answer(Rising, on_rising)
