"""The day's picks by e-mail, with links that like a paper or end the e-mails without logging in."""
