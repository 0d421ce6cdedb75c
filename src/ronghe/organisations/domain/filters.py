"""Filters of lists that somebody gave a name to. They are nobody else's, and no fact of the city: the ledger has none."""

from __future__ import annotations

from django.db import transaction

from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Person, SavedFilter

MOST_FILTERS = 60  # of one person
NAME_MOST, QUERY_MOST = 40, 600


def save_filter(person: Person, *, page: str, name: str, query: str) -> SavedFilter:
    """Keep a filter under a name; the same name on the same page is replaced. Raises `name-needed`, `too-many`, `too-long`."""
    name = _named(name)
    if len(query) > QUERY_MOST:
        raise OrganisationError("too-long", "这组条件太长，没有存。请去掉几个条件再存。")
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person.pk)
        kept = SavedFilter.objects.filter(person=person)
        if kept.count() >= MOST_FILTERS and not kept.filter(page=page, name=name).exists():
            raise OrganisationError(
                "too-many", f"最多存 {MOST_FILTERS} 组条件，没有再存。请先在“我的”里去掉不用的。"
            )
        saved, _ = SavedFilter.objects.update_or_create(
            person=person, page=page, name=name, defaults={"query": query}
        )
    found: SavedFilter = saved
    return found


def rename_filter(saved: SavedFilter, *, name: str) -> SavedFilter:
    """Give another name. Raises `name-needed`, `name-taken`."""
    name = _named(name)
    with transaction.atomic():
        others = SavedFilter.objects.filter(person=saved.person_id, page=saved.page, name=name)
        if others.exclude(pk=saved.pk).exists():
            raise OrganisationError(
                "name-taken", f"这个列表已经有一组条件叫“{name}”，没有改名。请换一个名称。"
            )
        SavedFilter.objects.filter(pk=saved.pk).update(name=name)
    saved.name = name
    return saved


def remove_filter(saved: SavedFilter) -> None:
    """Forget it."""
    saved.delete()


def _named(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise OrganisationError("name-needed", "请给这组条件起个名称，没有存。")
    if len(name) > NAME_MOST:
        raise OrganisationError("name-long", f"名称最多 {NAME_MOST} 个字，没有存。请写短一些。")
    return name
