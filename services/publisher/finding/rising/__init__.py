"""The page of what rises: concepts that grow in the user's fields and just outside them."""
