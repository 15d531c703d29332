"""A stand-in for llama-server: a program that takes its arguments, loads for a while, and streams words.

How it behaves is written beside it in `behaviour.json`, read at its start: `loads_seconds`, `fails` (exits while it
loads), `dies_after` (words), `word_seconds`. What it does is written to `events.txt` there.
"""

import json
import stat
import struct
import sys
from pathlib import Path

_PROGRAM = """#!{python}
import argparse, http.server, json, os, signal, sys, threading, time
from pathlib import Path
folder = Path(__file__).parent
behaviour = json.loads((folder / "behaviour.json").read_text())
def note(text):
    with (folder / "events.txt").open("a") as file:
        file.write(text + chr(10))
parser = argparse.ArgumentParser(allow_abbrev=False)
for name in ("--model", "--alias", "--host", "--port", "--api-key-file", "--threads", "--ctx-size", "--parallel"):
    parser.add_argument(name, required=True)
for name in ("--no-webui", "--no-slots"):
    parser.add_argument(name, action="store_true")
options = parser.parse_args()
key = Path(options.api_key_file).read_text().strip()
note("start " + " ".join(sys.argv[1:]))
note("environment " + " ".join(sorted(os.environ)))
note("pid %d" % os.getpid())
started = time.monotonic()
print("0.00.000.001 I srv  load_model: loading model", flush=True)
print("0.00.000.002 W srv  load_model: a warning of its own", flush=True)
if behaviour.get("fails"):
    print("error: out of memory", flush=True)
    sys.exit(3)
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def send_json(self, status, content):
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        loaded = time.monotonic() - started >= behaviour.get("loads_seconds", 0.0)
        if loaded:
            self.send_json(200, {{"status": "ok"}})
        else:
            self.send_json(503, {{"error": {{"message": "Loading model", "code": 503}}}})
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers.get("Authorization") != "Bearer " + key:
            return self.send_json(401, {{"error": {{"message": "Invalid API Key"}}}})
        note("asked " + json.dumps(body))
        if not body.get("stream"):
            message = {{"role": "assistant", "content": "word " * 3}}
            return self.send_json(200, {{"choices": [{{"message": message}}], "model": options.alias}})
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for number in range(behaviour.get("words", 5)):
                if number == behaviour.get("dies_after"):
                    os._exit(9)
                self.send_chunk(("data: word%d" % number + chr(10) * 2).encode())
                time.sleep(behaviour.get("word_seconds", 0.0))
        except OSError:
            note("cancelled at word %d" % number)
            return
        note("answered")
        self.send_chunk(b"")
    def send_chunk(self, content):
        end = bytes([13, 10])
        self.wfile.write(b"%x" % len(content) + end + content + end)
        self.wfile.flush()
    def log_message(self, *_):
        pass
def end(*_):
    note("end")
    os._exit(0)
signal.signal(signal.SIGTERM, end)
http.server.ThreadingHTTPServer((options.host, int(options.port)), Handler).serve_forever()
"""


class StandIn:
    """A folder for the PATH with a `llama-server` in it."""

    def __init__(self, folder: Path, **behaviour: float) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.behave(**behaviour)
        program = folder / "llama-server"
        program.write_text(_PROGRAM.format(python=sys.executable))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def behave(self, **behaviour: float) -> None:
        (self.folder / "behaviour.json").write_text(json.dumps(behaviour))

    def events(self, first_word: str = "") -> list[str]:
        """What it noted, in order."""
        path = self.folder / "events.txt"
        lines = path.read_text().splitlines() if path.exists() else []
        return [line for line in lines if line.startswith(first_word)]


def write_gguf(path: Path, **facts: int | str) -> Path:
    """A file with a header alone, of architecture `llama`."""
    known: dict[str, int | str] = {
        "general.architecture": "llama",
        "general.name": "Small",
        "llama.context_length": 8192,
        "llama.block_count": 30,
        "llama.embedding_length": 576,
        "llama.attention.head_count": 9,
        "llama.attention.head_count_kv": 3,
        **facts,
    }
    body = b"".join(_text(name) + _value(value) for name, value in known.items())
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(known)) + body)
    return path


def _text(text: str) -> bytes:
    return struct.pack("<Q", len(text.encode())) + text.encode()


def _value(value: int | str) -> bytes:
    return struct.pack("<I", 8) + _text(value) if isinstance(value, str) else struct.pack("<II", 4, value)
