"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

TABLES = (
    "servers",
    "people",
    "memberships",
    "artists",
    "tracks",
    "merges",
    "track_artists",
    "refs",
    "shares",
    "share_tracks",
    "emojis",
    "feedback",
    "blocks",
    "refusals",
    "asked_artists",
    "related_tracks",
    "models",
    "runs",
    "drops",
    "picks",
    "playlists",
    "announcements",
    "accounts",
    "checkpoints",
    "pauses",
    "spending",
    "misses",
)


def upgrade() -> None:
    """Make every table."""
    _members()
    _music()
    _words()
    _learning()
    _drops()
    _services()


def _members() -> None:
    op.create_table(
        "servers",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("announce_channel_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_servers"),
    )
    op.create_table(
        "people",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("discord_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("weekday", sa.Text(), nullable=True),
        sa.Column("hour", sa.SmallInteger(), nullable=True),
        sa.Column("opted_out", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("discord_id", name="uq_people_discord_id"),
    )
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("active_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memberships_person_id"),
        sa.PrimaryKeyConstraint("person_id", "server_id", name="pk_memberships"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_memberships_active_at", "memberships", ["active_at"], unique=False)


def _music() -> None:
    op.create_table(
        "artists",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("deezer_id", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_artists"),
        sa.UniqueConstraint("deezer_id", name="uq_artists_deezer_id"),
    )
    op.create_index("ix_artists_search", "artists", ["search"], unique=False)
    op.create_table(
        "tracks",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("explicit", sa.Boolean(), nullable=True),
        sa.Column("isrc", sa.Text(), nullable=True),
        sa.Column("search", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tracks"),
        sa.UniqueConstraint("isrc", name="uq_tracks_isrc"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "merges",
        sa.Column("gone_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kept_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["kept_id"], ["tracks.id"], name="fk_merges_kept_id"),
        sa.PrimaryKeyConstraint("gone_id", name="pk_merges"),
    )
    op.create_index("ix_merges_kept_id", "merges", ["kept_id"], unique=False)
    op.create_table(
        "track_artists",
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("artist_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_track_artists_artist_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_track_artists_track_id"),
        sa.PrimaryKeyConstraint("track_id", "position", name="pk_track_artists"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_track_artists_artist_id", "track_artists", ["artist_id"], unique=False)
    op.create_table(
        "refs",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_refs_track_id"),
        sa.PrimaryKeyConstraint("id", name="pk_refs"),
        sa.UniqueConstraint("service", "ref", name="uq_refs_service_ref"),
    )
    op.create_index("ix_refs_track_id", "refs", ["track_id"], unique=False)


def _words() -> None:
    op.create_table(
        "shares",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_shares_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_shares"),
        sa.UniqueConstraint("message_id", name="uq_shares_message_id"),
    )
    op.create_index("ix_shares_at", "shares", ["at"], unique=False)
    op.create_index("ix_shares_channel_id_at", "shares", ["channel_id", "at"], unique=False)
    op.create_index("ix_shares_person_id", "shares", ["person_id"], unique=False)
    op.create_index("ix_shares_server_id_at", "shares", ["server_id", "at"], unique=False)
    op.create_table(
        "share_tracks",
        sa.Column("share_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["share_id"], ["shares.id"], name="fk_share_tracks_share_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_share_tracks_track_id"),
        sa.PrimaryKeyConstraint("share_id", "track_id", name="pk_share_tracks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_share_tracks_track_id", "share_tracks", ["track_id"], unique=False)
    op.create_table(
        "emojis",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_emojis"),
        sa.UniqueConstraint("text", name="uq_emojis_text"),
    )
    op.create_table(
        "feedback",
        sa.Column("share_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.SmallInteger(), nullable=False),
        sa.Column("emoji_id", sa.Integer(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("among", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("share_id", "track_id", "person_id", "source", "emoji_id", name="pk_feedback"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feedback_person_id_track_id", "feedback", ["person_id", "track_id"], unique=False)


def _learning() -> None:
    op.create_table(
        "blocks",
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("numbers", sa.LargeBinary(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_blocks_track_id"),
        sa.PrimaryKeyConstraint("block", "track_id", name="pk_blocks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_blocks_track_id", "blocks", ["track_id"], unique=False)
    op.create_table(
        "refusals",
        sa.Column("block", sa.Text(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("retry_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_refusals_track_id"),
        sa.PrimaryKeyConstraint("block", "track_id", name="pk_refusals"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_refusals_track_id", "refusals", ["track_id"], unique=False)
    op.create_table(
        "asked_artists",
        sa.Column("artist_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_asked_artists_artist_id"),
        sa.PrimaryKeyConstraint("artist_id", name="pk_asked_artists"),
    )
    op.create_index("ix_asked_artists_at", "asked_artists", ["at"], unique=False)
    op.create_table(
        "related_tracks",
        sa.Column("artist_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["artist_id"], ["artists.id"], name="fk_related_tracks_artist_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_related_tracks_track_id"),
        sa.PrimaryKeyConstraint("artist_id", "track_id", name="pk_related_tracks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_related_tracks_track_id", "related_tracks", ["track_id"], unique=False)
    op.create_table(
        "models",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("blob", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_models"),
    )


def _drops() -> None:
    op.create_table(
        "runs",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("fitted_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("week", name="pk_runs"),
    )
    op.create_table(
        "drops",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("picked_at", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.Column("announced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_drops"),
        sa.UniqueConstraint("week", "owner_kind", "owner_id", name="uq_drops_week_owner_kind_owner_id"),
    )
    op.create_index("ix_drops_owner_kind_owner_id", "drops", ["owner_kind", "owner_id"], unique=False)
    op.create_index("ix_drops_state_due_at", "drops", ["state", "due_at"], unique=False)
    op.create_table(
        "picks",
        sa.Column("drop_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artists", sa.JSON(), nullable=False),
        sa.Column("refs", sa.JSON(), nullable=False),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("duration_ms", sa.Integer(), nullable=True),
        sa.Column("explicit", sa.Boolean(), nullable=True),
        sa.Column("isrc", sa.Text(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("origins", sa.JSON(), nullable=False),
        sa.Column("explores", sa.Boolean(), nullable=False),
        sa.Column("shared_by", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_picks_drop_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_picks_track_id"),
        sa.PrimaryKeyConstraint("drop_id", "position", name="pk_picks"),
    )
    op.create_index("ix_picks_track_id", "picks", ["track_id"], unique=False)
    op.create_table(
        "playlists",
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("spotify_id", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("written_week", sa.Text(), nullable=True),
        sa.Column("recreated", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("owner_kind", "owner_id", name="pk_playlists"),
    )
    op.create_table(
        "announcements",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("week", "server_id", name="pk_announcements"),
    )


def _services() -> None:
    op.create_table(
        "accounts",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("service", name="pk_accounts"),
    )
    op.create_table(
        "checkpoints",
        sa.Column("channel_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("newest_message_id", sa.BigInteger(), nullable=True),
        sa.Column("history_before", sa.BigInteger(), nullable=True),
        sa.Column("history_done", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_checkpoints"),
    )
    op.create_table(
        "pauses",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("service", name="pk_pauses"),
    )
    op.create_table(
        "spending",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("service", "bucket", "day", name="pk_spending"),
    )
    op.create_table(
        "misses",
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("service", "key", name="pk_misses"),
    )


def downgrade() -> None:
    """Drop every table, those that refer to others first."""
    for table in reversed(TABLES):
        op.drop_table(table)
