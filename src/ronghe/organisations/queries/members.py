"""The rolls somebody keeps, as lists: who belongs to which branch since when, and who left it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.organisations.models import Appointment, Organisation
from ronghe.organisations.queries.powers import Powers
from ronghe.organisations.queries.rolls import roll_kinds
from ronghe.organisations.queries.trees import live_on
from ronghe.text.pinyin import may_be_initials

ON_ROLL, LEFT = "", "left"


@dataclass(frozen=True, slots=True)
class WantedMembers:
    """Which entries of the rolls are looked for: of one branch or of all, by name, number or initials; running or ended."""

    branch: int | None = None
    text: str = ""
    state: str = ON_ROLL


def find_members(powers: Powers, wanted: WantedMembers) -> QuerySet[Appointment]:
    """The entries somebody may read, by branch and name; the ended ones latest first."""
    branches = powers.scope("roll") if wanted.branch is None else powers.scope("roll") & {wanted.branch}
    rows = Appointment.objects.filter(
        post__kind__in=roll_kinds(powers.on), post__organisation__in=branches
    ).select_related("person__identity", "post__organisation")
    text = wanted.text.strip()
    if text:
        like = Q(person__name__icontains=text) | Q(person__employee_number__iexact=text)
        if may_be_initials(text):
            like |= Q(person__initials__contains=text.lower())
        rows = rows.filter(like)
    if wanted.state == LEFT:
        return rows.filter(ends__lte=powers.on).order_by("-ends", "person__initials", "pk")
    rows = rows.filter(live_on(powers.on))
    return rows.order_by(
        "post__organisation__name", "post__organisation", "person__initials", "person__name", "pk"
    )


def branches_kept(powers: Powers) -> list[tuple[Organisation, int]]:
    """The branches whose rolls somebody keeps, by name, with how many stand on them; two queries."""
    kinds = roll_kinds(powers.on)
    held_in = {
        kind
        for one in definitions.live(Kind.POST, powers.on)
        if one.edition.code in kinds
        for kind in one.body.in_
    }
    units = Organisation.objects.live(powers.on).filter(pk__in=powers.scope("roll"), kind__in=held_in)
    rows = Appointment.objects.filter(
        live_on(powers.on), post__kind__in=kinds, post__organisation__in=powers.scope("roll")
    )
    counted = rows.order_by().values("post__organisation").annotate(n=Count("person", distinct=True))
    counts = {row["post__organisation"]: row["n"] for row in counted}
    return [(unit, counts.get(unit.pk, 0)) for unit in units.order_by("name", "pk")]
