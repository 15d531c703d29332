"""`papersys init`: what is asked, and what is found on this machine."""
