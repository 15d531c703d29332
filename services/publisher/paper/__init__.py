"""What a paper's page shows beside its summary: progress of a reading, versions, similar papers."""
