"""Whose own work a case is: those may not speak for its requester."""

from __future__ import annotations

from django.db.models import Q

from ronghe.casework.models import Case, Step
from ronghe.casework.rules import workable
from ronghe.ledger.queries import entries_of
from ronghe.organisations.queries import Powers


def is_own_work(powers: Powers, case: Case) -> bool:
    """Whether somebody belongs to a unit that heard, held or answered the case, or did anything with it themselves."""
    if powers.person_id is None:
        return False
    mine = powers.organisation_ids | workable(powers)
    if mine & {case.responsible_id, case.first_receiver_id}:
        return True
    if Step.objects.filter(Q(holder__in=mine) | Q(assignee=powers.person_id), case=case).exists():
        return True
    return bool(entries_of(("case", case.pk)).filter(actor=f"person:{powers.person_id}").exists())
