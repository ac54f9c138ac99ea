"""A learner's way on: which call next and why, progress, and good calls as examples for others."""
