"""Reads what forms and programs send: flat fields of limited size, or a refusal that says why."""

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

_MAX_BODY_BYTES = 10_000
_MAX_FIELDS = 50
_URLENCODED = "application/x-www-form-urlencoded"


async def read_fields(request: Request, most_bytes: int = _MAX_BODY_BYTES) -> dict[str, Any]:
    """The fields of a form or of a JSON object of at most so many bytes. Raises HTTPException: 400, 413, 415 or 422."""
    body = await _body(request, most_bytes)
    fields = _from_json(body) if is_json(request) else _from_form(request, body)
    for name, value in fields.items():
        if isinstance(value, dict | list):
            raise HTTPException(422, f"The field {_shown(name)} is not plain text.")
        if not (_is_text(name) and (not isinstance(value, str) or _is_text(value))):
            raise HTTPException(422, f"The field {_shown(name)} is not valid Unicode.")
    return fields


def is_json(request: Request) -> bool:
    return _kind(request) == "application/json"


async def _body(request: Request, most_bytes: int) -> bytes:
    body = b""
    try:
        async for part in request.stream():
            body += part
            if len(body) > most_bytes:
                raise HTTPException(413, "The request body is too large for a form.")
    except ClientDisconnect as error:
        raise HTTPException(400, "The request ended before its body.") from error
    return body


def _from_json(body: bytes) -> dict[str, Any]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HTTPException(422, "The body is not valid JSON, or nested too deeply.") from error
    if not isinstance(content, dict):
        raise HTTPException(422, "The body is not a JSON object.")
    return content


def _from_form(request: Request, body: bytes) -> dict[str, Any]:
    if _kind(request) not in (_URLENCODED, ""):
        raise HTTPException(415, f"Send the form as {_URLENCODED}, or JSON.")
    try:
        return dict(
            parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict")
        )
    except ValueError as error:
        raise HTTPException(400, "The body is not a form in UTF-8.") from error


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= char <= "\udfff" for char in text)


def _shown(name: str) -> str:
    return ascii(name[:40])
