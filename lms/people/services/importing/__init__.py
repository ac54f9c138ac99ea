"""Imports of rosters, shifts, leave and heads: file, columns, dry run, one transaction, undo for a day."""
