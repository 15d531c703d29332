"""The backend that keeps vLLM in a child process, with a small program in vLLM's place."""

import sys
from pathlib import Path

import pytest

from services.embedder.backends import vllm
from shared.errors import PapersysError, PermanentFailure, TemporaryFailure
from shared.settings.settings import ModelSettings

CHILD = """
import json, os, sys
print("some library talks", file=sys.stderr)
for number, line in enumerate(sys.stdin):
    request = json.loads(line)
    texts = request.get("texts", [])
    if number == 0 and request["model"] == "missing":
        answer = {"error": "OSError: there is no such model"}
    elif "crash" in texts:
        os._exit(9)
    elif "bad" in texts:
        answer = {"error": "this text is bad", "permanent": True}
    elif "nonsense" in texts:
        print("not JSON", flush=True)
        continue
    else:
        answer = {"vectors": [[len(text), os.getpid()] for text in texts]}
    print(json.dumps(answer), flush=True)
"""


@pytest.fixture
def backend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> vllm.Backend:
    child = tmp_path / "child.py"
    child.write_text(CHILD)
    monkeypatch.setattr(vllm, "_CHILD", child)
    return vllm.Backend(ModelSettings(backend="vllm", python=Path(sys.executable), query_prompt="query: "), 1)


def test_texts_go_to_the_child_and_vectors_come_back(backend: vllm.Backend) -> None:
    backend.load()
    assert backend.encode(["a", "bbb"], "passage")[:, 0].tolist() == [1, 3]
    assert backend.encode(["a"], "query")[0, 0] == len("query: a")
    big = backend.encode(["x" * 100_000] * 20, "passage")
    assert big.shape == (20, 2)
    backend.close()
    assert "vllm" not in sys.modules


def test_a_child_that_was_killed_is_started_anew_by_the_same_call(backend: vllm.Backend) -> None:
    backend.load()
    assert backend._child is not None
    backend._child.kill()
    assert backend.encode(["abc"], "passage")[0, 0] == 3
    backend.close()


@pytest.mark.parametrize("text", ["crash", "nonsense"])
def test_a_text_that_breaks_the_child_twice_fails_for_now_and_the_next_one_works(
    backend: vllm.Backend, text: str
) -> None:
    backend.load()
    first = backend.encode(["a"], "passage")[0, 1]
    with pytest.raises(TemporaryFailure, match="started anew"):
        backend.encode([text], "passage")
    again = backend.encode(["a"], "passage")
    assert again[0, 0] == 1
    assert again[0, 1] != first
    backend.close()


def test_a_text_that_vllm_refuses_is_final(backend: vllm.Backend) -> None:
    backend.load()
    with pytest.raises(PermanentFailure, match="this text is bad"):
        backend.encode(["bad"], "passage")
    assert len(backend.encode(["a"], "passage")) == 1
    backend.close()


def test_a_model_that_is_missing_and_a_python_that_is_missing_are_said(
    backend: vllm.Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(PapersysError, match="vLLM does not start: OSError: there is no such model"):
        vllm.Backend(ModelSettings(name="missing", python=Path(sys.executable)), None).load()
    with pytest.raises(PapersysError, match="set python"):
        vllm.Backend(ModelSettings(python=Path("/no/such/python")), None).load()
    with pytest.raises(PapersysError, match="no precision int8"):
        vllm.Backend(ModelSettings(precision="int8"), None).load()
