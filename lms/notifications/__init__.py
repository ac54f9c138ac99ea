"""Messages to people: the bell on every page, and e-mail through an outbox."""
