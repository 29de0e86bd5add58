"""What was said of a track where it was shared."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make room for the words; shares of before have none."""
    op.add_column("shares", sa.Column("said", sa.Text(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("shares", "said")
