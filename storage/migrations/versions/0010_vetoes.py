"""What members take back of a drop, and what is not their taste."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and a history of one step for every rating that stands."""
    _make_vetoes()
    _make_mutes()
    _make_ratings()
    _make_lists()
    _note_ratings()
    _make_corrections()


def downgrade() -> None:
    """Drop the tables; feedback stays as it is."""
    op.drop_table("corrections")
    for index, table in (
        ("ix_reroll_tracks_track_id", "reroll_tracks"),
        ("ix_rerolls_state", "rerolls"),
        ("ix_ratings_track_id", "ratings"),
        ("ix_ratings_person_id_track_id", "ratings"),
        ("ix_mutes_track_id", "mutes"),
        ("ix_mutes_person_id", "mutes"),
        ("ix_vetoes_track_id", "vetoes"),
    ):
        op.drop_index(index, table_name=table)
    for table in ("reroll_tracks", "rerolls", "previews", "ratings", "mutes", "vetoes"):
        op.drop_table(table)


def _make_vetoes() -> None:
    op.create_table(
        "vetoes",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_vetoes_person_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_vetoes_track_id"),
        sa.PrimaryKeyConstraint("person_id", "track_id", name="pk_vetoes"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_vetoes_track_id", "vetoes", ["track_id"])


def _make_mutes() -> None:
    op.create_table(
        "mutes",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("track_id", sa.BigInteger(), nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_mutes_person_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_mutes_track_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mutes"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_mutes_person_id", "mutes", ["person_id"])
    op.create_index("ix_mutes_track_id", "mutes", ["track_id"])


def _make_ratings() -> None:
    op.create_table(
        "ratings",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_ratings_person_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_ratings_track_id"),
        sa.PrimaryKeyConstraint("id", name="pk_ratings"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_ratings_person_id_track_id", "ratings", ["person_id", "track_id"])
    op.create_index("ix_ratings_track_id", "ratings", ["track_id"])


def _make_lists() -> None:
    op.create_table(
        "previews",
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("picks", sa.JSON(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("week", "owner_kind", "owner_id", name="pk_previews"),
    )
    op.create_table(
        "rerolls",
        sa.Column("drop_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("picked_at", sa.BigInteger(), nullable=True),
        sa.Column("written_at", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("picks", sa.JSON(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_rerolls_drop_id"),
        sa.PrimaryKeyConstraint("drop_id", name="pk_rerolls"),
    )
    op.create_index("ix_rerolls_state", "rerolls", ["state"])
    op.create_table(
        "reroll_tracks",
        sa.Column("drop_id", sa.BigInteger(), nullable=False),
        sa.Column("track_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["drop_id"], ["drops.id"], name="fk_reroll_tracks_drop_id"),
        sa.ForeignKeyConstraint(["track_id"], ["tracks.id"], name="fk_reroll_tracks_track_id"),
        sa.PrimaryKeyConstraint("drop_id", "track_id", name="pk_reroll_tracks"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reroll_tracks_track_id", "reroll_tracks", ["track_id"])


def _note_ratings() -> None:
    """Give what was rated and clicked before a history, as if it had been the first word on the track."""
    feedback = sa.table("feedback", *map(sa.column, ("share_id", "track_id", "person_id", "source", "value", "at")))
    json = sa.JSON()
    ratings = sa.table(
        "ratings",
        *map(sa.column, ("person_id", "track_id", "value", "at")),
        sa.column("before", json),
        sa.column("after", json),
    )
    query = sa.select(feedback).where(feedback.c.share_id == 0)
    connection = op.get_bind()
    standing: dict[tuple[int, int], list[list[int]]] = {}
    rows = []
    for row in connection.execute(query.order_by(feedback.c.at, feedback.c.source)).all():
        stood = standing.setdefault((row.person_id, row.track_id), [])
        before = [list(each) for each in stood]
        stood.append([row.source, row.value, row.at])
        stood.sort()
        rows.append(
            {
                "person_id": row.person_id,
                "track_id": row.track_id,
                "value": row.value,
                "at": row.at,
                "before": before,
                "after": [list(each) for each in stood],
            }
        )
    for start in range(0, len(rows), 1000):
        connection.execute(ratings.insert(), rows[start : start + 1000])


def _make_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("way", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_corrections_person_id"),
        sa.PrimaryKeyConstraint("person_id", "subject", name="pk_corrections"),
        sqlite_with_rowid=False,
    )
