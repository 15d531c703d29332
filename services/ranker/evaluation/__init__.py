"""How well ratings are predicted, against simple baselines."""
