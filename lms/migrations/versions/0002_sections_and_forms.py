"""Sections of papers and forms of equal difficulty; papers published before have neither."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = '0002'
down_revision: str | None = '0001'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Add the columns in place, so that rows and triggers of the append-only editions stay as they are."""
    op.add_column('exam_edition', sa.Column('sections', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('exam_edition', sa.Column('forms', sa.JSON(), server_default='[]', nullable=False))
    op.add_column('sitting', sa.Column('form', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Drop them; sections and forms of papers published since are lost."""
    op.drop_column('sitting', 'form')
    op.drop_column('exam_edition', 'forms')
    op.drop_column('exam_edition', 'sections')
