"""The simulations area."""
