"""What authors of call scripts work with: drafts that are kept, tests, the bench, and replies from real calls."""
