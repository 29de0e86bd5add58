"""What every table is made with. Integer keys; instants are milliseconds UTC; Discord's ids are kept as they are."""

from sqlalchemy import BigInteger, Integer, MetaData

# SQLite numbers rows by itself only when the type is spelt INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")

NO_SHARE = 0  # feedback that came from no message: ratings and buttons
NO_EMOJI = 0  # feedback that came without a reaction
NO_SERVER = 0  # something a person did in private

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
