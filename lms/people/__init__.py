"""People: the organisation tree, persons, posts, queues, roles, shifts, sign-in, and the roster import."""
