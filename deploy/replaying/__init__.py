"""`papersys replay`: a stage of the past done again beside what stands, compared, then accepted or dropped."""
