"""`papersys ask`: a question asked, followed and shown."""
