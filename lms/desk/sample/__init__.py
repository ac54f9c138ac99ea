"""The sample call centre: one command fills an empty database with a believable organisation and two years of history.

Deterministic: the same day and seed give the same people, marks and certificates. Every name and number is invented.
"""
