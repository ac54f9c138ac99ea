"""The floor: a Flask application with nothing in it. Imports nothing of ours, so that its memory is a floor too."""

import os
import sqlite3

from flask import Flask

app = Flask("bare")


@app.get("/bare")
def bare() -> dict[str, bool]:
    """Answer at once."""
    return {"allowed": True}


@app.post("/commit")
def commit() -> dict[str, bool]:
    """Put one row on disk, in a transaction of its own, as durably as the installation does."""
    connection = sqlite3.connect(os.environ["BARE_JOURNAL"], isolation_level=None, timeout=15)
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO journal (body) VALUES ('x')")
    connection.execute("COMMIT")
    connection.close()
    return {"saved": True}
