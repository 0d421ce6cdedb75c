"""Remember answers for the length of one piece of work: a request, a command, a batch.

Pages, imports and the demonstration city ask the same definitions and organisations thousands of times; within
`remembering()` each question is asked of the database once. Outside it nothing is remembered, so nothing is ever stale.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

T = TypeVar("T")
_memory: ContextVar[dict[Hashable, object] | None] = ContextVar("ronghe-memory", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Remember until the block ends; a block inside another shares its memory."""
    if _memory.get() is not None:
        yield
        return
    token = _memory.set({})
    try:
        yield
    finally:
        _memory.reset(token)


def is_remembering() -> bool:
    """Whether a piece of work is going on that asked for answers to be remembered."""
    return _memory.get() is not None


def remembered(key: Hashable, ask: Callable[[], T]) -> T:
    """The answer to `key`, asked for once within `remembering()`."""
    memory = _memory.get()
    if memory is None:
        return ask()
    if key not in memory:
        memory[key] = ask()
    return cast(T, memory[key])


def forget() -> None:
    """Forget everything: whatever writes what is remembered calls this."""
    memory = _memory.get()
    if memory is not None:
        memory.clear()
