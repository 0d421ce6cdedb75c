"""Say where inside a node an inner parser failed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ronghe.core.errors import DefinitionError


@contextmanager
def inside(*keys: str | int) -> Iterator[None]:
    """Prefix the field of a DefinitionError raised in the block."""
    try:
        yield
    except DefinitionError as error:
        raise error.within(*keys) from None
