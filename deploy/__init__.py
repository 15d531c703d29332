"""What runs papersys on a machine: launcher, command line, set-up, and a demo arXiv."""
