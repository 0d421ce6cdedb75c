"""Questions about the cases somebody may see that are asked so often that making their statement is what they cost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from ronghe.casework.managers import Sight
from ronghe.casework.models import Case
from ronghe.organisations.queries import Powers
from ronghe.rows import Question

Row = TypeVar("Row")


class Sighting(Generic[Row]):
    """`Sighting(lambda cases, number: cases.filter(number=number), number=str)`: see `Question`; `cases` are those in sight."""

    def __init__(self, build: Callable[..., Any], **kinds: type) -> None:
        self._build, self._kinds = build, kinds
        self._questions: dict[tuple[bool, bool], Question[Row]] = {}

    def all(self, powers: Powers, **values: Any) -> list[Row]:
        """The rows, among what these powers show."""
        sight = Sight.of(powers)
        if not sight.barred or not (sight.everything or sight.own):
            return list(self._build(Case.objects.within(sight), **values))
        kind = (sight.everything, sight.unassigned)
        if (question := self._questions.get(kind)) is None:
            question = self._questions[kind] = self._question(*kind)
        own = {} if sight.everything else {"own": tuple(sight.own)}
        return question.all(**own, barred=tuple(sight.barred), **values)

    def first(self, powers: Powers, **values: Any) -> Row | None:
        """The first row, if any."""
        return next(iter(self.all(powers, **values)), None)

    def _question(self, everything: bool, unassigned: bool) -> Question[Row]:  # noqa: FBT001 - a key
        def build(barred: tuple[int, ...], own: tuple[int, ...] = (), **values: Any) -> Any:
            sight = Sight(own, barred, everything=everything, unassigned=unassigned)
            return self._build(Case.objects.within(sight), **values)

        own = {} if everything else {"own": tuple}
        return Question(build, **own, barred=tuple, **self._kinds)
