"""Which tracks were proposed by which source, and from what."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and let what was found near artists be the proposals of the source that found it."""
    op.create_table(
        "asked_seeds",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "kind", "seed_id", name="pk_asked_seeds"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "proposals",
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("seed_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_proposals_track_id"),
        sa.PrimaryKeyConstraint("track_id", "source", "kind", "seed_id", name="pk_proposals"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_proposals_kind_seed_id", "proposals", ["kind", "seed_id"])
    op.execute(
        "INSERT INTO asked_seeds (source, kind, seed_id, at) "
        "SELECT 'related', 'artist', artist_id, at FROM asked_artists"
    )
    op.execute(
        "INSERT INTO proposals (track_id, source, kind, seed_id) "
        "SELECT track_id, 'related', 'artist', artist_id FROM related_tracks"
    )
    op.drop_table("related_tracks")
    op.drop_table("asked_artists")


def downgrade() -> None:
    """Make the old tables anew, with what they can hold."""
    op.create_table(
        "asked_artists",
        sa.Column("artist_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_asked_artists_artist_id"),
        sa.PrimaryKeyConstraint("artist_id", name="pk_asked_artists"),
    )
    op.create_index("ix_asked_artists_at", "asked_artists", ["at"])
    op.create_table(
        "related_tracks",
        sa.Column("artist_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_related_tracks_artist_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_related_tracks_track_id"),
        sa.PrimaryKeyConstraint("artist_id", "track_id", name="pk_related_tracks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_related_tracks_track_id", "related_tracks", ["track_id"])
    op.execute(
        "INSERT INTO asked_artists (artist_id, at) "
        "SELECT seed_id, at FROM asked_seeds WHERE source = 'related' AND kind = 'artist'"
    )
    op.execute(
        "INSERT INTO related_tracks (artist_id, track_id) "
        "SELECT seed_id, track_id FROM proposals WHERE source = 'related' AND kind = 'artist'"
    )
    op.drop_table("proposals")
    op.drop_table("asked_seeds")
