"""What stands in the bucket of leases, and when a lease is over. Pure."""

import uuid
from dataclasses import dataclass, field

from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from pydantic import BaseModel, ConfigDict, ValidationError

BUCKET = "papersys_leases"
STREAM = f"KV_{BUCKET}"
_MOST_BYTES = 16 * 1024**2


class LeaseRecord(BaseModel):
    """Who holds a lease; `nonce` tells two leases of one process apart."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    holder: str
    nonce: str

    @classmethod
    def of(cls, holder: str) -> "LeaseRecord":
        return cls(holder=holder, nonce=uuid.uuid4().hex)


@dataclass(frozen=True)
class Found:
    """A key of the bucket as it stands; `record` is None where nobody holds the lease, `revision` 0 without the key."""

    revision: int = 0
    record: LeaseRecord | None = None


def found(revision: int, value: bytes) -> Found:
    """A lease that was given back is empty; one that cannot be read is nobody's."""
    try:
        return Found(revision, LeaseRecord.model_validate_json(value))
    except ValidationError:
        return Found(revision)


@dataclass
class Watched:
    """Leases of others, and since when each has not been renewed: told by our clock alone, so no two have to agree.

    A holder renews its lease, which changes the revision, several times while `seconds` go by.
    """

    seconds: float
    _seen: dict[str, tuple[int, float]] = field(default_factory=dict)

    def is_over(self, key: str, revision: int, now: float) -> bool:
        """Whether the lease was seen at this same revision for longer than a lease lasts."""
        known, since = self._seen.get(key, (0, now))
        if known != revision:
            self._seen[key] = (revision, now)
            return False
        return now - since >= self.seconds

    def forget(self, key: str) -> None:
        self._seen.pop(key, None)


def bucket_config(replicas: int) -> StreamConfig:
    """The stream behind the bucket; an entry stays until its lease is taken anew, so nothing in it ages."""
    return StreamConfig(
        name=STREAM,
        subjects=[f"$KV.{BUCKET}.>"],
        retention=RetentionPolicy.LIMITS,
        storage=StorageType.FILE,
        num_replicas=replicas,
        max_msgs_per_subject=1,
        max_bytes=_MOST_BYTES,
        duplicate_window=60.0,
        discard=DiscardPolicy.NEW,
        allow_rollup_hdrs=True,
        deny_delete=True,
    )
