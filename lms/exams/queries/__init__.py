"""Reads about exams, sittings and stations, as frozen dataclasses."""
