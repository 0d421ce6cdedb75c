"""The first administrator of a city: everything after is done on the pages."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from ronghe.organisations.domain.administrators import has_administrator
from ronghe.organisations.domain.appointments import appoint
from ronghe.organisations.domain.people import create_person
from ronghe.organisations.domain.posts import create_post
from ronghe.organisations.domain.sign_ins import open_account
from ronghe.organisations.domain.trees import create_organisation
from ronghe.organisations.domain.units import free_code
from ronghe.organisations.exceptions import OrganisationError
from ronghe.organisations.models import Account, Organisation
from ronghe.organisations.queries.trees import placements_on

ADMINISTRATOR, FOUNDED_KIND = "administrator", "work-committee"


def found_administrator(
    *, unit: str, name: str, username: str, password: str, actor: str, at: dt.datetime
) -> Account:
    """A person in the administrator's post of a unit (founded where none has the name), with a sign-in.

    Raises OrganisationError `has-administrator` where somebody administers the city already, and what the parts raise.
    """
    with transaction.atomic():
        if has_administrator(timezone.localdate(at)):
            message = "已经有能登录的系统管理员，没有再开通。请由他在“人员和账号”里办理；他登录不了，就用 ronghe account reset。"
            raise OrganisationError("has-administrator", message)
        home = _unit(unit, actor, at)
        post = create_post(home, kind=ADMINISTRATOR, actor=actor, at=at)
        person = create_person(name=name, actor=actor, at=at)
        appoint(post, person=person, actor=actor, at=at)
        return open_account(
            person, username=username, password=password, actor=actor, at=at, must_change=True
        )


def _unit(name: str, actor: str, at: dt.datetime) -> Organisation:
    placed = placements_on(timezone.localdate(at)).filter(name=name.strip()).select_related("organisation")
    found = placed.order_by("pk").first()
    if found is not None:
        return found.organisation
    return create_organisation(code=free_code(name), kind=FOUNDED_KIND, name=name, actor=actor, at=at)
