"""What the ranker does about each event and request."""

from services.ranker.answers import Answers
from services.ranker.daily import DailySelection
from services.ranker.learning import Learner
from shared.bus import Bus
from shared.contracts import EmbeddingsReady, Explain, ExplainReply, FeedbackLabel, HitsReply, Recommend, Search


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
