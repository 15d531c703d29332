"""Where a paper was published, and bibliographies."""
