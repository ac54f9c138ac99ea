"""How Alembic reaches the running application's database: one migration path for SQLite and PostgreSQL."""

from alembic import context
from flask import current_app

from lms.kernel.db import Base, db

target_metadata = Base.metadata


def run_migrations() -> None:
    """Run on the application's own engine; SQLite alters tables by copying them (batch mode)."""
    with db.engine.connect().execution_options(writing=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=target_metadata,
            compare_type=True,
            render_as_batch=connection.dialect.name == "sqlite",
            **{name: value for name, value in current_app.extensions["migrate"].configure_args.items()
               if name not in ("compare_type", "render_as_batch")},
        )
        with context.begin_transaction():
            context.run_migrations()


run_migrations()
