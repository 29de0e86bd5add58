"""What members and servers wish."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

WISHES = ("paused", "by_dm", "hushed", "hinted")


def upgrade() -> None:
    """Add the wishes; who is known by now needs no first hint any more."""
    op.add_column("people", sa.Column("dial", sa.SmallInteger(), nullable=True))
    for name in WISHES:
        op.add_column("people", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    op.execute(sa.text("UPDATE people SET hinted = true"))
    op.create_table(
        "server_wishes",
        sa.Column("server_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("likes", sa.JSON(), nullable=False),
        sa.Column("dislikes", sa.JSON(), nullable=False),
        sa.Column("announce_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("announces", sa.Boolean(), nullable=False),
        sa.Column("recaps", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Boolean(), nullable=False),
        sa.Column("bots", sa.Boolean(), nullable=True),
        sa.Column("settings_role_id", sa.BigInteger(), nullable=True),
        sa.Column("server_role_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("server_id", name="pk_server_wishes"),
    )
    op.create_table(
        "forgotten",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_forgotten"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("forgotten")
    op.drop_table("server_wishes")
    for name in (*reversed(WISHES), "dial"):
        op.drop_column("people", name)
