"""Use cases of people: each takes the open session, who acts and when; none commits."""
