"""The long proofs: processes are killed at random while fifty candidates save answers, and nothing may be lost.

`./floorready soak` runs them on SQLite and PostgreSQL; `tests/soak/test_soak.py` runs a short form.
"""
