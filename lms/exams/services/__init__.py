"""Use cases of exams and stations. Each runs in its caller's unit of work."""
