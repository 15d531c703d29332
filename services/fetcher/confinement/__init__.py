"""Programs that read what strangers wrote run confined: they see their own folder and nothing of the machine."""
