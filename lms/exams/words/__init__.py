"""The words of exams in the reader's language, by what they are about."""
