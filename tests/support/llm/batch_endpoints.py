"""Files and batches of the scripted language model, as OpenAI's batch endpoint has them.

A batch goes one step on each time it is looked at; its lines are answered by the server's script when it completes.
"""

import email.parser
import email.policy
import json
from typing import TYPE_CHECKING, Any

from tests.support.llm.answers import Body, Counted, completion_of

if TYPE_CHECKING:
    from tests.support.llm.server import LlmServer

_STEPS = ("validating", "in_progress", "finalizing", "completed")
Reply = tuple[int, bytes]


class BatchEndpoints:
    """`failing` makes every batch fail with these words; `expiring_after` lets only so many lines be answered.

    `left_out` are custom ids that get no line at all; `counted` are the tokens of the answered lines.
    """

    def __init__(self, server: "LlmServer") -> None:
        self._server = server
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, Body] = {}
        self.failing = ""
        self.expiring_after: int | None = None
        self.left_out: set[str] = set()
        self.counted: list[Counted] = []
        self.supported = True

    def get(self, path: str) -> Reply:
        parts = path.partition("?")[0].removeprefix("/v1/").split("/")
        if parts[0] == "files" and parts[-1] == "content" and parts[1] in self.files:
            return 200, self.files[parts[1]]
        if parts == ["batches"]:
            return _json({"object": "list", "data": list(self.batches.values()), "has_more": False})
        if parts[0] == "batches" and parts[1] in self.batches:
            return _json(self._step_on(self.batches[parts[1]]))
        if parts == ["models"]:
            return _json({"object": "list", "data": [{"id": "small-model", "object": "model"}]})
        return _missing(path)

    def post(self, path: str, content_type: str, content: bytes) -> Reply:
        if path == "/v1/files" and self.supported:
            return self._upload(content_type, content)
        if path == "/v1/batches" and self.supported:
            return self._create(json.loads(content))
        return _missing(path)

    def _upload(self, content_type: str, content: bytes) -> Reply:
        parser = email.parser.BytesParser(policy=email.policy.default)
        form: Any = parser.parsebytes(f"Content-Type: {content_type}\r\n\r\n".encode() + content)
        parts = {part.get_param("name", header="content-disposition"): part for part in form.iter_parts()}
        assert parts["purpose"].get_content().strip() == "batch"
        name = f"file-{len(self.files) + 1}"
        self.files[name] = parts["file"].get_payload(decode=True)
        return _json({"id": name, "object": "file", "purpose": "batch", "filename": "batch.jsonl", "bytes": 1})

    def _create(self, body: Body) -> Reply:
        if body["input_file_id"] not in self.files:
            return _missing(body["input_file_id"])
        batch = {
            "id": f"batch-{len(self.batches) + 1}",
            "object": "batch",
            "status": _STEPS[0],
            "created_at": 1,
            **{name: body[name] for name in ("endpoint", "completion_window", "input_file_id")},
            "metadata": body.get("metadata"),
        }
        self.batches[batch["id"]] = batch
        return _json(batch)

    def _step_on(self, batch: Body) -> Body:
        if batch["status"] in ("completed", "failed", "expired"):
            return batch
        if self.failing:
            errors = [{"code": "invalid", "message": self.failing, "line": 1}]
            batch |= {"status": "failed", "errors": {"object": "list", "data": errors}}
            return batch
        batch["status"] = _STEPS[_STEPS.index(batch["status"]) + 1]
        if batch["status"] == "completed":
            self._complete(batch)
        return batch

    def _complete(self, batch: Body) -> None:
        lines = [json.loads(line) for line in self.files[batch["input_file_id"]].splitlines()]
        answered = lines[: self.expiring_after]
        results = [self._line(line) for line in answered if line["custom_id"] not in self.left_out]
        results += [
            {
                "custom_id": line["custom_id"],
                "response": None,
                "error": {"code": "batch_expired", "message": "too late"},
            }
            for line in lines[len(answered) :]
        ]
        good = [result for result in results if result["response"] and result["response"]["status_code"] == 200]
        bad = [result for result in results if result not in good]
        for kind, part in (("output", good), ("error", bad)):
            if part:
                batch[f"{kind}_file_id"] = f"{kind}-{batch['id']}"
                self.files[f"{kind}-{batch['id']}"] = "".join(
                    json.dumps(line) + "\n" for line in reversed(part)
                ).encode()
        if len(answered) < len(lines):
            batch["status"] = "expired"

    def _line(self, line: Body) -> Body:
        body = line["body"]
        answer = self._server.script(body, self._server.note(body, ""))
        counted = Counted.of(body, answer)
        if answer.status < 400:
            self.counted.append(counted)
        response = {"status_code": answer.status, "request_id": "r", "body": completion_of(answer, body, counted)}
        return {"id": "line", "custom_id": line["custom_id"], "response": response, "error": None}


def _json(content: Body) -> Reply:
    return 200, json.dumps(content).encode()


def _missing(what: str) -> Reply:
    return 404, json.dumps({"error": {"message": f"no such thing: {what}", "type": "error", "code": None}}).encode()
