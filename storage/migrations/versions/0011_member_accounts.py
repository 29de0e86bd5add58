"""Accounts of members at Spotify, and consents that are still to come."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "member_accounts",
        sa.Column("person_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Text(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("access_token", sa.LargeBinary(), nullable=True),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("told", sa.SmallInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_member_accounts_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_member_accounts"),
        sa.UniqueConstraint("account_id", name="uq_member_accounts_account_id"),
    )
    op.create_table(
        "consent_asks",
        sa.Column("discord_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        sa.Column("redirect_uri", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("check_hash", sa.LargeBinary(), nullable=True),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("discord_id", name="pk_consent_asks"),
        sa.UniqueConstraint("state_hash", name="uq_consent_asks_state_hash"),
    )


def downgrade() -> None:
    """Drop them, and forget the playlists in members' own accounts: nobody could write them any more."""
    op.execute("DELETE FROM playlists WHERE owner_kind = 'own'")
    op.drop_table("consent_asks")
    op.drop_table("member_accounts")
