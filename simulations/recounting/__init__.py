"""Scores looked at again: a rubric that was wrong, and a learner who appeals."""
