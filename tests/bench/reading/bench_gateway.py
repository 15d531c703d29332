"""A hundred questions at a server that takes a fixed time to answer: wall time beside that of the calls alone.

python -m tests.bench.reading.bench_gateway [--seconds 1] [--questions 100]

The plain alternative is a client with a semaphore, which keeps no answer and writes no ledger; both ask the same
scripted server over real sockets, whose own work on this machine is in both times.
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import openai

from services.summarizer.llm.asking import AskContext
from tests.support.llm.gateway import GOOD, QUESTION, DictMemo, Poem, gateway, ledger_lines, llm_settings
from tests.support.llm.server import LlmServer, Scripted, in_turn, llm_server


async def by_gateway(server: LlmServer, questions: int, at_once: int, folder: Path) -> float:
    memo = DictMemo()
    async with gateway(folder, llm_settings(server, calls_at_once=at_once), memo) as models:
        await models.ask(QUESTION, Poem, AskContext("try"))
        asks = [
            models.ask(QUESTION, Poem, AskContext("extract", f"2610.{n:05}", "run", "event")) for n in range(questions)
        ]
        seconds = await timed(lambda: asyncio.gather(*asks))
    assert len(ledger_lines(folder)) == questions + 1
    return seconds


async def by_plain_client(server: LlmServer, questions: int, at_once: int) -> float:
    slots = asyncio.Semaphore(at_once)
    client = openai.AsyncOpenAI(base_url=server.url, api_key="none", max_retries=0)

    async def ask() -> None:
        async with slots:
            answer = await client.chat.completions.create(model="m", messages=QUESTION)  # type: ignore[arg-type]
            Poem.model_validate_json(answer.choices[0].message.content or "")

    await ask()
    seconds = await timed(lambda: asyncio.gather(*(ask() for _ in range(questions))))
    await client.close()
    return seconds


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.2, help="time that the server takes to answer")
    parser.add_argument("--questions", type=int, default=100)
    asked = parser.parse_args()
    print(f"{asked.questions} questions, {asked.seconds:g} s an answer")
    print("| calls at once | the calls alone | gateway | over it | plain client | over it |")
    print("|---|---|---|---|---|---|")
    rows = []
    for at_once in (4, 16):
        alone = -(-asked.questions // at_once) * asked.seconds
        with llm_server(in_turn(Scripted(GOOD, tokens=None, after_seconds=asked.seconds))) as server:
            with tempfile.TemporaryDirectory() as folder:
                ours = asyncio.run(by_gateway(server, asked.questions, at_once, Path(folder)))
            plain = asyncio.run(by_plain_client(server, asked.questions, at_once))
        over, over_plain = ours / alone - 1, plain / alone - 1
        print(f"| {at_once} | {alone:.2f} s | {ours:.2f} s | {over:.1%} | {plain:.2f} s | {over_plain:.1%} |")
        rows.append({"at_once": at_once, "alone": alone, "gateway": round(ours, 3), "plain": round(plain, 3)})
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
