"""Triggers that keep a published edition as it is, on both databases.

A published edition is written as a draft with all its parts and then turned into a published one, so that its parts
can be refused from that moment on.
"""

from sqlalchemy import DDL, event

from lms.kernel.db import Model

PUBLISHED_IS_FINAL: dict[str, tuple[str, bool]] = {}


def published_is_final(table: str, condition: str, *, inserts: bool) -> dict[str, list[str]]:
    """Return the statements that refuse changes to a table's rows that belong to a published edition, by dialect.

    condition   SQL that holds for such a row; `{row}` stands for OLD or NEW
    inserts     whether a new row is refused too
    """
    verbs = {"UPDATE": "OLD", "DELETE": "OLD"} | ({"INSERT": "NEW"} if inserts else {})
    words = f"a published edition never changes ({table})"
    sqlite = [
        f"CREATE TRIGGER {table}_final_{verb.lower()} BEFORE {verb} ON {table} "
        f"WHEN {condition.replace('{row}', row)} BEGIN SELECT RAISE(ABORT, '{words}'); END"
        for verb, row in verbs.items()
    ]
    postgresql = [
        f"CREATE OR REPLACE FUNCTION {table}_is_final_{verb.lower()}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN IF {condition.replace('{row}', row)} THEN RAISE EXCEPTION '{words}'; END IF; "
        f"RETURN {'OLD' if verb == 'DELETE' else 'NEW'}; END $$"
        for verb, row in verbs.items()
    ] + [
        f"CREATE TRIGGER {table}_final_{verb.lower()} BEFORE {verb} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {table}_is_final_{verb.lower()}()"
        for verb in verbs
    ]
    return {"sqlite": sqlite, "postgresql": postgresql}


def guard_published(model: type[Model], condition: str, *, inserts: bool) -> None:
    """Guard a table whenever it is created; migrations use the same statements (`PUBLISHED_IS_FINAL`)."""
    table = model.__tablename__
    PUBLISHED_IS_FINAL[table] = (condition, inserts)
    for dialect, statements in published_is_final(table, condition, inserts=inserts).items():
        for statement in statements:
            ddl = DDL(statement.replace("%", "%%")).execute_if(dialect=dialect)  # type: ignore[no-untyped-call]  # SQLAlchemy's DDL has no types
            event.listen(model.__table__, "after_create", ddl)
