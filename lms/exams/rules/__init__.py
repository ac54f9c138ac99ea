"""Decisions about exams as pure functions: time, the answer journal, papers, marking, resits, rubrics."""
