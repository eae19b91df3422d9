"""What all tables share: the metadata with its naming rule, and the column types."""

from __future__ import annotations

from datetime import datetime
from enum import Enum as PythonEnum
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, DateTime, Enum, Identity, Integer, MetaData, Text
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

small_key = Annotated[int, mapped_column(Integer, Identity(), primary_key=True)]
big_key = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
big_int = Annotated[int, mapped_column(BigInteger)]
timestamp = Annotated[datetime, mapped_column(DateTime(timezone=True))]
digest = Annotated[bytes, mapped_column(BYTEA)]
json_value = Annotated[Any, mapped_column(JSONB)]


def state_type(kind: type[PythonEnum], name: str) -> Enum:
    """A PostgreSQL enum of the values of `kind`, under the name `name`."""
    return Enum(kind, name=name, values_callable=lambda members: [m.value for m in members])


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {str: Text(), datetime: DateTime(timezone=True)}
