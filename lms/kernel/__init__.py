"""The ground everything stands on: database, clock, ids, errors, settings, languages, jobs. It knows nobody."""
