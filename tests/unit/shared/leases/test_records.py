"""When a lease is over, and what stands in the bucket."""

from shared.leases.records import Found, LeaseRecord, Watched, bucket_config, found


def test_a_lease_is_over_when_it_was_not_renewed_for_its_time_by_our_own_clock() -> None:
    watched = Watched(15.0)
    assert not watched.is_over("metadata", 7, now=100.0)
    assert not watched.is_over("metadata", 7, now=114.9)
    assert watched.is_over("metadata", 7, now=115.0)
    assert not watched.is_over("metadata", 8, now=116.0), "it was renewed"
    assert not watched.is_over("metadata", 8, now=130.9)


def test_leases_are_watched_each_by_itself() -> None:
    watched = Watched(15.0)
    assert not watched.is_over("metadata", 7, now=100.0)
    assert not watched.is_over("ledger", 7, now=115.0)
    watched.forget("metadata")
    assert not watched.is_over("metadata", 7, now=200.0)


def test_an_entry_says_who_holds_a_lease_or_that_nobody_does() -> None:
    record = LeaseRecord.of("the ranker on a (process 1)")
    assert found(3, record.model_dump_json().encode()) == Found(3, record)
    assert found(4, b"") == Found(4)
    assert found(5, b"{no json") == Found(5)
    assert LeaseRecord.of("a").nonce != LeaseRecord.of("a").nonce


def test_leases_are_kept_by_as_many_servers_as_all_else() -> None:
    assert bucket_config(3).num_replicas == 3
