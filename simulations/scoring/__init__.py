"""Scoring: rules decide, with evidence.

A score is a pure function of events, script, rubric, phrases and engine version.
"""
