"""When harvests and audits run."""
