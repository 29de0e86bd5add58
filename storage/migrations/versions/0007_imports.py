"""Likes that members brought along."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "imports",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_imports_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_imports_person_id", "imports", ["person_id"])
    op.create_table(
        "import_lines",
        sa.Column("import_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("artist", sa.Text(), nullable=False),
        sa.Column("album", sa.Text(), nullable=True),
        sa.Column("isrc", sa.Text(), nullable=True),
        sa.Column("service", sa.Text(), nullable=True),
        sa.Column("ref", sa.Text(), nullable=True),
        sa.Column("mbid", sa.Text(), nullable=True),
        sa.Column("value", sa.SmallInteger(), nullable=False),
        sa.Column("among", sa.SmallInteger(), nullable=False),
        sa.Column("plays", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name="fk_import_lines_import_id"),
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_import_lines"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_import_lines_state_position", "import_lines", ["state", "position"])


def downgrade() -> None:
    """Drop them, and the feedback that came of them."""
    op.execute("DELETE FROM feedback WHERE share_id < 0")
    op.drop_index("ix_import_lines_state_position", table_name="import_lines")
    op.drop_table("import_lines")
    op.drop_index("ix_imports_person_id", table_name="imports")
    op.drop_table("imports")
