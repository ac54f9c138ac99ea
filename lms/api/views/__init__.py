"""Pages and addresses of this area."""
