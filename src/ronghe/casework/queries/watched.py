"""Whose pages the entries of a case change: for those who follow it while it goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from ronghe.casework.models import Case, Step
from ronghe.casework.rules import workable
from ronghe.organisations.queries import Powers


@dataclass(frozen=True)
class Worked:
    """The units that work or worked on a case, and whether it waits or waited for the triage desk."""

    units: frozenset[int]
    at_triage: bool
    about_unit: int | None


def worked(case_ids: Collection[int]) -> dict[int, Worked]:
    """By whom each case is and was worked; two queries."""
    holders: dict[int, set[int | None]] = defaultdict(set)
    for case, holder in Step.objects.filter(case__in=case_ids).order_by().values_list("case", "holder"):
        holders[case].add(holder)
    rows = Case.objects.filter(pk__in=case_ids).order_by().values_list("pk", "responsible", "about_unit")
    return {
        pk: Worked(
            frozenset(unit for unit in holders[pk] if unit is not None),
            responsible is None or None in holders[pk],
            about,
        )
        for pk, responsible, about in rows
    }


def was_on_worklist(powers: Powers, case: Worked) -> bool:
    """Whether the case is on the worklist that goes with these powers, or was: then the list changes with it."""
    if case.about_unit is not None and case.about_unit in powers.organisation_ids:
        return False
    return (case.at_triage and powers.has("triage")) or bool(case.units & workable(powers))
