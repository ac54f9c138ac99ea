"""What machines call. This release: the gate."""
