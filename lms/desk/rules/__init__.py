"""What the desk's pages say, decided by pure functions."""
