"""What all indexes of words share: how texts become words, what failures mean, several rankings as one."""
