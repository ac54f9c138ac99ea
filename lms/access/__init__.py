"""Who may do what: permissions, the policy page, and the door that asks it."""
