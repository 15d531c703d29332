"""Threads and context for a model on a machine. Pure decisions."""

from dataclasses import dataclass

from services.summarizer.own_model.gguf_header import GgufFacts
from services.summarizer.own_model.machine import Machine

ANSWER_TOKENS = 4_096
_CHARS_A_TOKEN = 3
_FEWEST_TOKENS = 2_048
_STEP_TOKENS = 256
_OVERHEAD_BYTES = 512 << 20
_MOST_THREADS = 16
_SHARE = 0.85
"""Of the free memory: the rest of papersys, and of the machine, wants some too."""
_KV_GUESS_BYTES = 128 << 10


@dataclass(frozen=True)
class Sizing:
    """What the server is started with; `warning` says what will be slow or may fail."""

    threads: int
    context: int
    warning: str = ""


def size(facts: GgufFacts, machine: Machine, input_chars: int, context: int | None, threads: int | None) -> Sizing:
    """The window holds what papersys asks at most, where the model was trained for it and the memory allows it.

    `context` and `threads` are the settings' own, if they say so.
    """
    tokens = context or min(_wanted(input_chars), _trained(facts), max(_FEWEST_TOKENS, _affordable(facts, machine)))
    return Sizing(threads or _threads(machine.cores), tokens, _warning(facts, machine, tokens))


def _wanted(input_chars: int) -> int:
    """A paper's text as long as the settings allow, and the answer."""
    tokens = input_chars // _CHARS_A_TOKEN + ANSWER_TOKENS
    return -(-tokens // _STEP_TOKENS) * _STEP_TOKENS


def _trained(facts: GgufFacts) -> int:
    return facts.context_length or _FEWEST_TOKENS * 2


def _affordable(facts: GgufFacts, machine: Machine) -> int:
    room = machine.free_bytes * _SHARE - facts.file_bytes - _OVERHEAD_BYTES
    return int(room // _kv_bytes(facts)) // _STEP_TOKENS * _STEP_TOKENS


def _kv_bytes(facts: GgufFacts) -> int:
    return facts.kv_bytes_per_token or _KV_GUESS_BYTES


def _threads(cores: int) -> int:
    """One core stays free for the rest, where there are more than two: threads that wait for each other spin."""
    return min(cores - 1 if cores > 2 else cores, _MOST_THREADS)


def _warning(facts: GgufFacts, machine: Machine, tokens: int) -> str:
    needed = facts.file_bytes + tokens * _kv_bytes(facts) + _OVERHEAD_BYTES
    if needed <= machine.free_bytes:
        return ""
    return (
        f"The model and a window of {tokens:,} tokens need about {needed / 1e9:.1f} GB, "
        f"{machine.free_bytes / 1e9:.1f} GB are free; take a smaller model, or set llm.context_tokens lower."
    )
