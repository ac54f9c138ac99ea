"""Voices of simulated calls: recordings in chunks, words written down from them, and how the caller sounds."""
