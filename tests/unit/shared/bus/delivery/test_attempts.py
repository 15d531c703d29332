"""What is known of a message's attempts, from delivery to delivery."""

from shared.bus.delivery.attempts import Attempts
from shared.bus.delivery.disposition import Disposition

WAIT = Disposition(retry_in_seconds=60, is_attempt=False)
RETRY = Disposition(retry_in_seconds=60)


def test_waits_count_no_attempt_and_failures_do() -> None:
    attempts = Attempts(delivery=1, unfinished=1)
    for delivery, disposition in enumerate([WAIT, WAIT, RETRY, WAIT, RETRY], start=2):
        attempts = attempts.ended(disposition).begun(delivery)
    assert (attempts.failed, attempts.unfinished, attempts.delivery) == (2, 1, 6)


def test_a_delivery_without_an_end_stays_unfinished() -> None:
    attempts = Attempts(delivery=1, unfinished=1).ended(WAIT).begun(2).begun(3).begun(4).ended(WAIT)
    assert attempts.unfinished == 2


def test_papers_that_have_a_letter_are_remembered() -> None:
    buried = (
        Attempts(delivery=1).ended(Disposition(60, {"2403.00001": "bad"})).ended(Disposition(60, {"2403.00002": "bad"}))
    )
    assert buried.buried == ("2403.00001", "2403.00002")


def test_a_record_of_an_earlier_life_of_the_consumer_counts_for_nothing() -> None:
    old = Attempts(delivery=9, failed=8, unfinished=7, buried=("2403.00001",))
    assert old.begun(2) == Attempts(delivery=2, unfinished=1)
