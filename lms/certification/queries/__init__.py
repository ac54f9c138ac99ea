"""Reads of the certification area, as plain data."""
