"""Reads that mix areas, for the desk's pages."""
