"""What papersys asks of a Qdrant server, answered by the local mode of its client.

Requests and replies have the form of Qdrant's REST interface; there is no server to be had as a Python package.
"""

import sys
import threading
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException
from qdrant_client import QdrantClient, models

_AT_ONCE = threading.Lock()
"""The local mode is for one thread."""


def create_app() -> FastAPI:
    client, app = QdrantClient(":memory:", force_disable_check_same_thread=True), FastAPI()

    @app.get("/collections/{name}/exists")
    def exists(name: str) -> dict[str, Any]:
        with _AT_ONCE:
            return _answer({"exists": client.collection_exists(name)})

    @app.get("/collections/{name}")
    def get(name: str) -> dict[str, Any]:
        with _AT_ONCE:
            if not client.collection_exists(name):
                raise HTTPException(404)
            return _answer(client.get_collection(name).model_dump(mode="json"))

    @app.put("/collections/{name}")
    def create(name: str, body: dict[str, Any]) -> dict[str, Any]:
        with _AT_ONCE:
            if client.collection_exists(name):
                raise HTTPException(409)
            wanted = models.CreateCollection.model_validate(body)
            return _answer(client.create_collection(name, vectors_config=wanted.vectors))

    @app.delete("/collections/{name}")
    def drop(name: str) -> dict[str, Any]:
        with _AT_ONCE:
            return _answer(client.delete_collection(name))

    @app.put("/collections/{name}/points")
    def put(name: str, body: dict[str, Any]) -> dict[str, Any]:
        with _AT_ONCE:
            client.upsert(name, models.PointsList.model_validate(body).points)
            return _done()

    @app.post("/collections/{name}/points/query")
    def query(name: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = models.QueryRequest.model_validate(body)
        with _AT_ONCE:
            found = client.query_points(name, query=asked.query, using=asked.using, limit=asked.limit or 10)
            return _answer({"points": [point.model_dump(mode="json") for point in found.points]})

    @app.post("/collections/{name}/points/scroll")
    def scroll(name: str, body: dict[str, Any]) -> dict[str, Any]:
        asked = models.ScrollRequest.model_validate(body)
        with _AT_ONCE:
            points, offset = client.scroll(
                name, limit=asked.limit or 10, offset=asked.offset, with_payload=asked.with_payload or False
            )
            return _answer({"points": [point.model_dump(mode="json") for point in points], "next_page_offset": offset})

    @app.post("/collections/{name}/points/delete")
    def delete(name: str, body: dict[str, Any]) -> dict[str, Any]:
        with _AT_ONCE:
            client.delete(name, points_selector=models.PointIdsList.model_validate(body))
            return _done()

    return app


def _answer(result: Any) -> dict[str, Any]:
    return {"result": result, "status": "ok", "time": 0.0}


def _done() -> dict[str, Any]:
    return _answer({"operation_id": 0, "status": "completed"})


if __name__ == "__main__":
    uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
