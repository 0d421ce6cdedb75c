"""The pinyin initials of units and people, kept up behind the pages: the worker alone pays for the table of readings."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ronghe.organisations.models import Organisation, Person
from ronghe.text.pinyin import initials, of_names

BATCH = 500
_UNIT, _PERSON = 120, 40  # letters the columns hold


def refresh_initials(*, units: Collection[int] = (), people: Collection[int] = ()) -> int:
    """Bring the initials of these up to their names; give how many differed."""
    named = list(Organisation.objects.filter(pk__in=units).only("name", "short_name", "initials"))
    persons = list(Person.objects.filter(pk__in=people).only("name", "initials"))
    units_wrong = [unit for unit in named if unit.initials != _of_unit(unit)]
    people_wrong = [person for person in persons if person.initials != _of_person(person)]
    for unit in units_wrong:
        unit.initials = _of_unit(unit)
    for person in people_wrong:
        person.initials = _of_person(person)
    Organisation.objects.bulk_update(units_wrong, ["initials"], batch_size=BATCH)
    Person.objects.bulk_update(people_wrong, ["initials"], batch_size=BATCH)
    return len(units_wrong) + len(people_wrong)


def refresh_all_initials() -> int:
    """The same for every unit and person."""
    units = sum(refresh_initials(units=ids) for ids in _batches(Organisation))
    return units + sum(refresh_initials(people=ids) for ids in _batches(Person))


def wrong_initials() -> int:
    """How many units and people have initials that are not those of their names."""
    wrong = 0
    for unit in Organisation.objects.only("name", "short_name", "initials").iterator():
        wrong += unit.initials != _of_unit(unit)
    for person in Person.objects.only("name", "initials").iterator():
        wrong += person.initials != _of_person(person)
    return wrong


def _of_unit(unit: Organisation) -> str:
    return of_names(unit.name, unit.short_name)[:_UNIT]


def _of_person(person: Person) -> str:
    return initials(person.name, is_person=True)[:_PERSON]


def _batches(model: type[Organisation | Person]) -> Iterator[list[int]]:
    last = 0
    while ids := list(
        model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]  # noqa: SLF001 - Django's way
    ):
        yield ids
        last = ids[-1]
