"""Reads of people, as plain frozen data."""
