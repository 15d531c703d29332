"""Fixtures of confined converters."""

from tests.support.confinement import fence, secret

__all__ = ["fence", "secret"]
