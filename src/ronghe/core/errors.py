"""Errors that a person reads: a stable code, a Chinese sentence, and the values it speaks of."""

from __future__ import annotations


class RongheError(Exception):
    """Something asked for cannot be done.

    `code` is stable and for machines; `message` is Chinese and says what happened, what is kept and what to do
    next; `data` carries the ids and values the message speaks of.
    """

    def __init__(self, code: str, message: str, **data: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.data = data


class DefinitionError(RongheError):
    """A definition is wrong at `field` (the path inside its YAML node); `cure` says how to mend it."""

    def __init__(self, code: str, message: str, field: tuple[str | int, ...] = (), cure: str = "") -> None:
        super().__init__(code, message)
        self.field = field
        self.cure = cure

    def within(self, *prefix: str | int) -> DefinitionError:
        """The same error seen from a node that holds this one under `prefix`."""
        return DefinitionError(self.code, self.message, (*prefix, *self.field), self.cure)
