"""Sentences are translated once, with the terms of a glossary, within the caps, and never without their formulas."""

import json
import re
from pathlib import Path

import pytest

from services.summarizer.translating.memory import TranslationMemory
from services.summarizer.translating.translator import NO_MODEL, Translator, register_translating
from shared.contracts import Translate, TranslateReply
from shared.settings.sections.language_models import LlmSettings
from shared.store.files.data_folder import DataFolder
from tests.support.bus.in_memory import FakeBus
from tests.support.llm.gateway import gateway, llm_settings
from tests.support.llm.server import Body, LlmServer, Scripted, llm_server

WALKS, ROUNDS, DROPPED = "We count walks of length $k$ [@x].", "Twelve rounds suffice.", "Lose $y$ here."

TERMS = (("walks", "Kantenzüge"), ("sky", "Himmel"), ("unt", "Mitzählen"))


def german(body: Body, before: int) -> Scripted:
    """Every numbered sentence in capitals; of one the formula is lost."""
    asked = body["messages"][-1]["content"]
    found = re.findall(r"^\[(\d+)\] (.*)$", asked, re.M)
    said = [{"number": int(number), "text": f"DE {text.replace('Lose ⟦1⟧', 'Lose')}"} for number, text in found]
    return Scripted(json.dumps({"translations": said}))


async def translated(
    folder: Path, server: LlmServer, *sentences: str, settings: LlmSettings | None = None, **facts: object
) -> TranslateReply:
    async with gateway(folder, settings or llm_settings(server)) as models:
        bus = FakeBus()
        register_translating(bus, Translator(models, TranslationMemory(DataFolder(folder, 0))))
        request = Translate.model_validate(
            {"paper_id": "2611.00101", "version": 1, "sentences": sentences, "language": "de", **facts}
        )
        reply: TranslateReply = await bus.responders[Translate](request)
        return reply


async def test_formulas_and_citations_come_back_and_nothing_is_paid_twice(tmp_path: Path) -> None:
    with llm_server(german) as server:
        reply = await translated(tmp_path, server, WALKS, ROUNDS, DROPPED)
        assert reply.translations == (f"DE {WALKS}", f"DE {ROUNDS}", "")
        assert "formula or citation" in reply.problem
        again = await translated(tmp_path, server, ROUNDS, WALKS)
        assert again.translations == (f"DE {ROUNDS}", f"DE {WALKS}")
        assert again.problem == ""
        assert len(server.asked) == 1
        question = json.dumps(server.asked[0]["messages"], ensure_ascii=False)
        assert "$k$" not in question
        assert "=====PAPER-" in question
    (call,) = (json.loads(line) for path in (tmp_path / "ledger").iterdir() for line in path.read_text().splitlines())
    assert (call["purpose"], call["paper_id"], call["user"]) == ("translate", "2611.00101", "me")


async def test_a_term_of_the_glossary_changes_the_sentences_that_have_it_alone(tmp_path: Path) -> None:
    with llm_server(german) as server:
        await translated(tmp_path, server, WALKS, ROUNDS)
        await translated(tmp_path, server, WALKS, ROUNDS, glossary=TERMS)
        asked = server.asked[1]["messages"][-1]["content"]
    assert "Term: walks = Kantenzüge" in asked
    assert "sky" not in asked
    assert "Mitzählen" not in asked
    assert "Twelve rounds" not in asked


async def test_without_a_model_or_beyond_the_cap_nothing_is_asked(tmp_path: Path) -> None:
    with llm_server(german) as server:
        assert (await translated(tmp_path, server, ROUNDS, settings=LlmSettings())).problem == NO_MODEL
        capped = llm_settings(server, monthly_cap=0.0000001)
        reply = await translated(tmp_path, server, ROUNDS, settings=capped)
        assert "monthly cap" in reply.problem
        assert reply.translations == ("",)
        assert server.asked == []


async def test_a_torn_line_of_the_memory_is_passed_over(tmp_path: Path) -> None:
    with llm_server(german) as server:
        await translated(tmp_path, server, ROUNDS)
        (path,) = (tmp_path / "state" / "translations").rglob("*.jsonl")
        path.write_bytes(path.read_bytes()[:-20])
        assert (await translated(tmp_path, server, ROUNDS)).translations == (f"DE {ROUNDS}",)
        assert len(server.asked) == 2


SCORE = "The score of 93.2 beats every other model of this kind."


@pytest.mark.parametrize(
    "said",
    [
        "",
        SCORE,
        "Der Wert 92.3 schlägt alle anderen Modelle.",
        "Der Wert 93.2, siehe [hier](https://evil.example/x), schlägt alle.",
        "Der Wert 93.2 schlägt alle $x$ anderen.",
        "Der Wert 93.2 ⟦1⟧ schlägt alle.",
        "93.2 " * 400,
    ],
    ids=["empty", "echo", "number", "link", "formula", "mark", "long"],
)
async def test_what_is_no_faithful_translation_is_not_kept(tmp_path: Path, said: str) -> None:
    def answer(body: Body, before: int) -> Scripted:
        text = said if not before else "Der Wert 93,2 schlägt alle anderen Modelle."
        rows = [{"number": 1, "text": text}, {"number": 9, "text": "?"}]
        return Scripted(json.dumps({"translations": rows}))

    with llm_server(answer) as server:
        reply = await translated(tmp_path, server, ROUNDS, SCORE)
        assert reply.translations == ("", "")
        assert "stay in the original" in reply.problem
        again = await translated(tmp_path, server, ROUNDS, SCORE)
        assert again.translations == ("", "Der Wert 93,2 schlägt alle anderen Modelle.")
