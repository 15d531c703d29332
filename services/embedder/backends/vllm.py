"""vLLM, in a process of its own that this one talks to over pipes: vLLM is never imported here.

The child runs with the Python of `python` in the model's table, so that vLLM can live in an environment of its own.
It gets one line of JSON a request and answers one line; what vLLM prints goes to this process's log of errors.
"""

import contextlib
import json
import logging
import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.embedder.backends import Kind, prompt_of
from services.embedder.recipe import model_place
from shared.errors import PapersysError, PermanentFailure, SettingsError, TemporaryFailure
from shared.service.child_processes import die_with_parent
from shared.settings.settings import ModelSettings

log = logging.getLogger(__name__)

_CHILD = Path(__file__).with_name("vllm_child.py")
_LOAD_SECONDS = 900.0
_ENCODE_SECONDS = 300.0
_STOP_SECONDS = 10.0
_SHOWN = 300


class _BrokeOffError(TemporaryFailure):
    """The child died or talks nonsense."""


class Backend:
    """A model that vLLM serves to this process alone. A child that died is started anew, once a call."""

    source = "vllm"

    def __init__(self, model: ModelSettings, threads: int | None) -> None:
        self._settings = model
        self._threads = threads
        self._child: subprocess.Popen[bytes] | None = None
        self._unread = b""

    def load(self) -> None:
        self.close()
        if self._settings.precision == "int8":
            raise SettingsError("vLLM has no precision int8; set it to auto, float32, bfloat16 or float16.")
        environment = {**os.environ, "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
        if self._threads:
            environment["OMP_NUM_THREADS"] = str(self._threads)
        command = [str(self._settings.python or sys.executable), str(_CHILD)]
        try:
            self._child = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, preexec_fn=die_with_parent()
            )
        except OSError as error:
            raise PapersysError(f"{command[0]} cannot be started ({error.strerror}); set python to one.") from error
        try:
            self._ask(self._start(), _LOAD_SECONDS)
        except (TemporaryFailure, PermanentFailure) as error:
            self.close()
            raise PapersysError(f"vLLM does not start: {error}") from error

    def encode(self, texts: Sequence[str], kind: Kind) -> NDArray[np.floating[Any]]:
        prompt = prompt_of(self._settings, kind)
        request = {"texts": [prompt + text for text in texts]}
        try:
            answer = self._encoded(request)
        except _BrokeOffError as error:
            log.warning("%s", error, extra={"action": "vllm_restarted"})
            answer = self._encoded(request)
        return np.array(answer["vectors"], dtype=np.float32)

    def close(self) -> None:
        child, self._child, self._unread = self._child, None, b""
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            child.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _encoded(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._child is None:
            self.load()
        return self._ask(request, _ENCODE_SECONDS)

    def _start(self) -> dict[str, Any]:
        settings = self._settings
        return {
            "model": model_place(settings),
            "revision": None if Path(model_place(settings)).is_dir() else settings.revision,
            "max_length": settings.max_length,
            "precision": settings.precision,
            "memory_share": settings.gpu_memory_share,
        }

    def _ask(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        """One line there and one back. Raises PermanentFailure where the child says so, else TemporaryFailure."""
        try:
            answer: dict[str, Any] = json.loads(self._exchange(request, seconds))
        except (OSError, ValueError) as error:
            code = self._child.poll() if self._child else None
            self.close()
            ended = "" if code is None else f", it ended with {code}"
            raise _BrokeOffError(f"The vLLM process broke off{ended} ({error}); it is started anew.") from error
        if "error" in answer:
            kind = PermanentFailure if answer.get("permanent") else TemporaryFailure
            raise kind(" ".join(str(answer["error"]).split())[:_SHOWN])
        return answer

    def _exchange(self, request: dict[str, Any], seconds: float) -> bytes:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise OSError("it is not running")
        child.stdin.write(json.dumps(request).encode() + b"\n")
        child.stdin.flush()
        ends_at = time.monotonic() + seconds
        while b"\n" not in self._unread:
            if not select.select([child.stdout], [], [], max(0.0, ends_at - time.monotonic()))[0]:
                raise OSError(f"no answer in {seconds:g} s")
            data = os.read(child.stdout.fileno(), 1 << 20)
            if not data:
                child.wait(_STOP_SECONDS)
                raise OSError("no answer")
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return line
