"""Forms of the area of exams: shape only, by what they are about."""
