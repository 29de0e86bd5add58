"""What members are asked to choose from, and what recordings are found by."""

import sqlalchemy as sa
from alembic import op

from catalog.matching import normalise_title

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, and fold the titles of all tracks as this version folds them."""
    op.create_table(
        "offers",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("asker_id", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("reply_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_offers"),
        sa.UniqueConstraint("message_id", "link", name="uq_offers_message_id_link"),
    )
    op.create_index("ix_offers_closed_at", "offers", ["closed_at"])
    op.add_column("tracks", sa.Column("recording", sa.Text(), nullable=True))
    op.create_index("ix_tracks_recording", "tracks", ["recording"])
    _fold_titles()


def _fold_titles() -> None:
    tracks = sa.table("tracks", sa.column("id"), sa.column("title"), sa.column("recording"))
    conn = op.get_bind()
    rows = conn.execute(sa.select(tracks.c.id, tracks.c.title).where(tracks.c.title != "")).all()
    if rows:
        change = sa.update(tracks).where(tracks.c.id == sa.bindparam("of")).values(recording=sa.bindparam("folded"))
        conn.execute(change, [{"of": row.id, "folded": normalise_title(row.title)} for row in rows])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_tracks_recording", table_name="tracks")
    op.drop_column("tracks", "recording")
    op.drop_table("offers")
