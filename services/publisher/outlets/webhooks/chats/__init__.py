"""What each kind of chat takes: a message's form, its limits, and how it says no."""
