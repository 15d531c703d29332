"""Threads and context for a model on a machine."""

from dataclasses import replace

import pytest

from services.summarizer.own_model.gguf_header import GgufFacts
from services.summarizer.own_model.machine import Machine
from services.summarizer.own_model.sizing import size

GB = 1 << 30
MODEL = GgufFacts("Small", "qwen2", 1 * GB, 32_768, 28_672)
CHARS = 60_000


@pytest.mark.parametrize(("cores", "threads"), [(1, 1), (2, 2), (4, 3), (8, 7), (64, 16)])
def test_one_core_stays_free_where_there_are_more_than_two(cores: int, threads: int) -> None:
    assert size(MODEL, Machine(cores, 16 * GB), CHARS, None, None).threads == threads


def test_the_window_holds_the_longest_paper_and_its_answer() -> None:
    assert size(MODEL, Machine(4, 16 * GB), CHARS, None, None).context >= CHARS // 3 + 4_096


def test_no_window_is_larger_than_the_model_was_trained_for() -> None:
    assert size(replace(MODEL, context_length=8_192), Machine(4, 64 * GB), CHARS, None, None).context == 8_192


def test_little_memory_makes_it_smaller_and_too_little_is_said() -> None:
    some = size(MODEL, Machine(4, 2 * GB), CHARS, None, None)
    assert 2_048 < some.context < 10_000
    assert some.warning == ""
    little = size(MODEL, Machine(4, GB), CHARS, None, None)
    assert little.context == 2_048
    assert "1.1 GB are free" in little.warning


def test_the_settings_have_the_last_word() -> None:
    sizing = size(MODEL, Machine(4, 2 * GB), CHARS, 30_000, 9)
    assert (sizing.context, sizing.threads) == (30_000, 9)


def test_a_header_that_tells_nothing_gets_a_modest_window() -> None:
    assert (
        size(replace(MODEL, context_length=0, kv_bytes_per_token=0), Machine(2, 8 * GB), CHARS, None, None).context
        == 4_096
    )
