"""How long a process that ended waits for its next start."""

from deploy.launcher.restarts import History


def test_delays_grow_with_short_lives_and_a_long_life_forgives() -> None:
    history, delays = History(), []
    for _ in range(10):
        history = history.after(lived_seconds=1, short_life_seconds=20)
        delays.append(history.delay_seconds)
    assert delays[:4] == [0.25, 0.5, 1.0, 2.0]
    assert delays[-1] == 30.0
    assert history.is_hopeless(10)
    assert history.after(lived_seconds=60, short_life_seconds=20) == History()
