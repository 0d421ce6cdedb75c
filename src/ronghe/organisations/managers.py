"""The querysets and managers the organisation models carry."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import BaseUserManager
from django.db.models import Q, QuerySet

if TYPE_CHECKING:
    from ronghe.organisations.models import Account


class OrganisationQuerySet(QuerySet):  # type: ignore[type-arg]
    """Organisations by day."""

    def live(self, on: dt.date) -> Self:
        return self.filter(Q(ends=None) | Q(ends__gt=on), begins__lte=on)


class AccountManager(BaseUserManager):  # type: ignore[type-arg]
    """Makes accounts with hashed passwords; there is no superuser: powers follow from appointments."""

    def create_account(self, username: str, password: str | None, **fields: object) -> Account:
        account: Account = self.model(username=username, **fields)
        account.set_password(password)
        account.save()
        return account
