"""What is known of the folder itself: its version, backups, copies, replays, findings, counts."""
