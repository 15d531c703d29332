"""The connection to Qdrant."""

from pathlib import Path

import httpx
import pytest

from services.summarizer.qdrant.connection import QdrantConnection
from shared.errors import TemporaryFailure


@pytest.mark.parametrize(("status", "waits"), [(None, True), (503, True), (400, False)])
async def test_a_server_that_is_away_is_waited_for_and_one_that_refuses_is_not(
    tmp_path: Path, status: int | None, waits: bool
) -> None:
    def fail(client: object) -> None:
        from qdrant_client.http.exceptions import ResponseHandlingException, UnexpectedResponse

        if status is None:
            raise ResponseHandlingException(ConnectionError("refused"))
        raise UnexpectedResponse(status, "no", b"", httpx.Headers())

    connection = QdrantConnection(tmp_path / "qdrant", tmp_path / "qdrant.lock", None, lambda client, is_local: None)
    await connection.open()
    with pytest.raises(TemporaryFailure) as failed:
        await connection.run(fail)
    assert (failed.value.retry_in_seconds is not None) is waits
    await connection.close()
