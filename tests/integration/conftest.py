"""Fixtures of confined converters."""

from tests.support.checks.confinement import fence, secret

__all__ = ["fence", "secret"]
