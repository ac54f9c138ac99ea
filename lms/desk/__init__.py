"""The desk area."""
