"""`papersys verify` and `reconcile`: whether the data folder is whole, and making again what can be made."""
