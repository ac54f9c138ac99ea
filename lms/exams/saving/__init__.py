"""The hot path: an answer from the page to the disk, acknowledged only then."""
