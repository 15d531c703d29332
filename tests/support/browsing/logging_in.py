"""What tests of logging in share: the token, headers of the reader's own pages, a clock."""

TOKEN = "a-token-of-decent-length"
OWN = {"sec-fetch-site": "same-origin"}


class Clock:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now
