"""What is done with a passage that was selected in a text: similar ones found, a question asked, a note kept."""
