"""The agent as a whole: a reading goes on where it stood, or begins anew where what it is read by has changed."""

import json
from pathlib import Path

import pytest

from services.summarizer.state import State, kept_part, restored
from shared.contracts import PapersSelected
from shared.errors import TemporaryFailure
from shared.store.papers.documents import Section
from shared.store.papers.summaries import Claim, FieldValue, Quote
from tests.support.llm.server import Scripted, in_turn, llm_server
from tests.support.papers.summarizer import PAPER_ID, paper, room
from tests.unit.summarizer.test_reading_with_a_model import said, settings

EVENT = PapersSelected(paper_ids=(PAPER_ID,), event_id="pick-1", run_id="run-1")


async def fail_once_at(folder: Path, url_of: Scripted, step: str, change: str = "") -> tuple[int, object]:
    """A reading that fails once before `step`; the calls of both tries, and the summary."""
    with llm_server(in_turn(url_of)) as server:
        async with room(folder, settings(server)) as here:
            here.hold(paper())
            owner = {"tag": here.agent.steps.tagger, "finish": here.agent.steps.recorder}[step]
            works = getattr(owner, step)

            async def fails(state: State) -> State:
                setattr(owner, step, works)
                raise TemporaryFailure("not now")

            setattr(owner, step, fails)
            await here.agent.open()
            with pytest.raises(TemporaryFailure, match="not now"):
                await here.bus.deliver(EVENT)
            setattr(owner, step, works)
        async with room(folder, settings(server)) as here:
            if change == "text":
                here.hold(paper(), sections=[Section(title="Method", level=1, text="All of it is new.")])
            if change == "prompt":
                (folder / "prompts").mkdir()
                own = "{{ mark }} {% for field in fields %}{{ field.name }} {% endfor %}"
                (folder / "prompts" / "extract.md").write_text(own)
            if change == "nothing that counts":
                (folder / "summaries").mkdir(exist_ok=True)
            await here.bus.deliver(EVENT)
            return len(server.asked), here.summaries.get(PAPER_ID)


@pytest.mark.parametrize("step", ["tag", "finish"])
async def test_a_reading_that_failed_goes_on_at_that_step(tmp_path: Path, step: str) -> None:
    calls, summary = await fail_once_at(tmp_path, Scripted(said()), step, "nothing that counts")
    assert calls == 1
    assert summary is not None


@pytest.mark.parametrize("change", ["text", "prompt"])
async def test_a_reading_begins_anew_where_the_text_or_a_prompt_has_changed(tmp_path: Path, change: str) -> None:
    quote = "Sorting very large files remains slow on cheap disks."
    calls, summary = await fail_once_at(
        tmp_path, Scripted(said(quote, "Sorting very large files is slow on cheap disks.")), "tag", change
    )
    assert calls == 2
    assert summary is not None


async def test_a_broken_prompt_keeps_papers_waiting_and_says_what_to_mend(tmp_path: Path) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "extract.md").write_text("{{ fields }}")
    with llm_server(in_turn(Scripted(said()))) as server:
        async with room(tmp_path, settings(server)) as here:
            here.hold(paper())
            with pytest.raises(TemporaryFailure, match=r"extract.md must hold \{\{ mark \}\}") as failed:
                await here.bus.deliver(EVENT)
            assert failed.value.retry_in_seconds is not None
            (tmp_path / "prompts" / "extract.md").unlink()
            await here.bus.deliver(EVENT)
            assert here.summaries.get(PAPER_ID) is not None


async def test_fields_of_every_kind_and_another_language_are_asked_for_and_stored(tmp_path: Path) -> None:
    fields = [
        {
            "name": "json",
            "instruction": "Which form has the paper?",
            "kind": "choice",
            "choices": ["theory", "practice"],
        },
        {"name": "objects", "instruction": "What is sorted?", "kind": "list", "evidence": False},
        {"name": "method", "question": "How is it done?"},
    ]
    quote = "We use a tree of tournament nodes, each holding the head of one run."
    answer = {
        "json": [{"quotes": [quote], "statement": "practice"}],
        "objects": ["files", "records"],
        "method": [{"quotes": [quote], "statement": "用锦标赛树合并各段。"}],
    }
    with llm_server(in_turn(Scripted(json.dumps({"fields": answer, "tags": ["sorting"]})))) as server:
        async with room(tmp_path, settings(server), fields=fields, language="zh", repair_rounds=0) as here:
            here.hold(paper())
            await here.bus.deliver(EVENT)
            summary = here.summaries.get(PAPER_ID)
    assert summary is not None
    assert [(field.name, field.kind, [claim.text for claim in field.claims]) for field in summary.fields] == [
        ("json", "choice", ["practice"]),
        ("objects", "list", ["files", "records"]),
        ("method", "text", ["用锦标赛树合并各段。"]),
    ]
    assert (summary.made_by.language, summary.reading, summary.raw_tags) == ("zh", "full_text", ("sorting",))
    system = server.asked[0]["messages"][0]["content"]
    assert "Chinese (简体中文)" in system
    assert "One of: theory | practice." in system


async def test_what_is_kept_of_a_reading_is_small_and_holds_no_text_of_the_paper(tmp_path: Path) -> None:
    async with room(tmp_path) as here:
        here.hold(paper())
        state: State = {"event": EVENT, "paper_id": PAPER_ID}
        state = {**state, **await here.agent.steps.reader.read(state)}
    kept = json.dumps(kept_part(state))
    assert "tournament" not in kept
    assert len(kept) < 1_000


def test_what_is_kept_comes_back_as_it_was() -> None:
    claim = Claim(text="It sorts.", quotes=(Quote(text="We sort.", start=1, end=9),), weak="")
    state: State = {
        "event": EVENT,
        "paper_id": PAPER_ID,
        "fields": (FieldValue(name="method", claims=(claim,)),),
        "problems": (("method", "mend it", True),),
        "rounds": 1,
        "notes": ("a note",),
    }
    assert restored(json.loads(json.dumps(kept_part(state)))) == state
