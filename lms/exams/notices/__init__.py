"""What people are told about exams, by what it is about."""
