"""Use cases of the certification area, one function each. The caller opens the unit of work."""
