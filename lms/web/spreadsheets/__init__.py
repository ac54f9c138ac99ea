"""Spreadsheets handed in: guarded before they are opened, read once for everybody, refused with one clear sentence."""
