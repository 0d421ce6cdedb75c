"""The queryset entries of registers carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db.models import Q, QuerySet

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds import RegisterDefinition
from ronghe.registers.enums import STAGE
from ronghe.registers.facts import EntryFacts
from ronghe.registers.sight import ANYBODY, Reader, opened, reader_of

if TYPE_CHECKING:
    from ronghe.organisations.queries import Powers


class EntryQuerySet(QuerySet):  # type: ignore[type-arg]
    """Entries of registers, cut to what a person may see: the only door for lists, counts, searches and exports."""

    def live_on(self, day: dt.date) -> Self:
        """Those that hold on a day."""
        return self.filter(Q(begins__lte=day) & (Q(ends=None) | Q(ends__gt=day)))

    def visible_with(self, powers: Powers, part: str = "") -> Self:
        """What their unit keeps or stands above, what `seen_by` opens to them; overseers see all.

        `part`: only those of which they see this part (a field, `title`, `stage`).
        """
        return self._seen_by(reader_of(powers), powers.on, part)

    def public(self, on: dt.date) -> Self:
        """What everybody may see, while it holds."""
        return self._seen_by(ANYBODY, on).live_on(on)

    def _seen_by(self, reader: Reader, on: dt.date, part: str = "") -> Self:
        if reader.oversees:
            return self.all()
        shown = Q(organisation__in=reader.own) if reader.own else Q(pk__in=[])
        plain: list[str] = []
        for loaded in definitions.live(Kind.REGISTER, on):
            body: RegisterDefinition = loaded.body
            told = [(sight, opened([sight], body)) for sight in reader.sights(body)]
            sights = [sight for sight, parts in told if (part in parts if part else parts)]
            if any(sight.where is None for sight in sights):
                plain.append(body.code)
            elif sights:
                shown |= Q(pk__in=self._fitting(body, sights, on))
        return self.filter(shown | Q(register__in=plain))

    def _fitting(self, body: RegisterDefinition, sights: list[Any], on: dt.date) -> list[int]:
        """The live entries of a register for which the `where` of a sight holds today; two statements."""
        rows: list[Any] = list(type(self)(self.model).live_on(on).filter(register=body.code))
        stages: dict[int, list[str]] = {}
        for pk, step in self._steps(rows):
            stages.setdefault(pk, []).append(step)

        def facts(row: Any) -> EntryFacts:
            def more(name: str) -> object | None:
                return stages.get(row.pk) if name == STAGE else None

            return EntryFacts(
                body, row.title, row.values, on, row.pk, row.organisation_id, row.begins, more=more
            )

        return [row.pk for row in rows if any(sight.where.matches(facts(row)) for sight in sights)]

    def _steps(self, rows: list[Any]) -> list[tuple[int, str]]:
        """The open steps of their lives; one statement."""
        lives = [row.pk for row in rows if row.life_id]
        opened_steps = self.model._default_manager.filter(pk__in=lives, life__steps__done_at=None)  # noqa: SLF001
        return list(opened_steps.exclude(life__steps=None).values_list("pk", "life__steps__code"))
