"""Playing a script: an append-only, hash-chained log of events, and the state as its fold."""
