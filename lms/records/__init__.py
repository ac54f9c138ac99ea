"""Records: the ledger of training facts, the audit of changes, and the register of activities."""
