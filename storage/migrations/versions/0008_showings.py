"""What was shown to whom, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and let picks tell how they came to their place; older ones were the best there were."""
    op.create_table(
        "showings",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("occasion", sa.Text(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("std", sa.Float(), nullable=False),
        sa.Column("propensity", sa.Float(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_showings_person_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_showings_track_id"),
        sa.PrimaryKeyConstraint("id", name="pk_showings"),
    )
    op.create_index("ix_showings_person_id_at", "showings", ["person_id", "at"])
    op.create_index("ix_showings_track_id", "showings", ["track_id"])
    op.add_column("picks", sa.Column("std", sa.Float(), nullable=False, server_default="0"))
    op.add_column("picks", sa.Column("propensity", sa.Float(), nullable=False, server_default="1"))
    op.add_column("picks", sa.Column("slot", sa.Text(), nullable=False, server_default="best"))
    op.add_column("picks", sa.Column("made_for", sa.JSON(), nullable=False, server_default="[]"))
    op.execute("UPDATE picks SET slot = 'wildcard' WHERE explores")


def downgrade() -> None:
    """Drop them."""
    for name in ("made_for", "slot", "propensity", "std"):
        op.drop_column("picks", name)
    op.drop_index("ix_showings_track_id", table_name="showings")
    op.drop_index("ix_showings_person_id_at", table_name="showings")
    op.drop_table("showings")
