"""Rules of courses: pure functions of events, editions and instants."""
