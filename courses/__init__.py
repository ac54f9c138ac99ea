"""Courses: what is taught, in editions that never change once published, and how each person gets through them."""
