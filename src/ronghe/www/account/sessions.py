"""Who asks, found at every request: sessions and accounts as Django keeps them, by statements made once."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from ronghe.organisations.models import Account
from ronghe.rows import Question

_SESSION = Question(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now),
    key=str,
    now=dt.datetime,
)
_ACCOUNT = Question(lambda pk: Account.objects.select_related("person").filter(pk=pk), pk=int)


class SessionStore(db.SessionStore):
    """Django's, asking for a session by a statement made once. What is kept in it is signed with the name of this class."""

    def _get_session_from_db(self) -> Session | None:
        found = _SESSION.first(key=self.session_key, now=timezone.now()) if self.session_key else None
        if found is None:
            self._session_key = None
        return found


class AccountBackend(ModelBackend):
    """Django's, giving the account together with its person."""

    def get_user(self, user_id: int) -> Account | None:
        account = _ACCOUNT.first(pk=user_id)
        return account if account is not None and self.user_can_authenticate(account) else None
