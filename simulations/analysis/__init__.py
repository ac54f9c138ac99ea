"""What is known of a script before anybody plays it: its graph, its tests, its reachable marks, and what changed."""
