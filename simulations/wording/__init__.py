"""How the product reads what people say: normalise, cut into clauses, match phrases, judge polarity, read slots.

Everything here is pure and works offline. Nothing keeps state between two calls except caches of pure functions.
"""
