"""The courses area."""
