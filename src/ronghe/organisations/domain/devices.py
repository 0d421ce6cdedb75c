"""Where an account, or a visitor, is signed in: one row a session, written here alone."""

from __future__ import annotations

import datetime as dt

from allauth.usersessions.models import UserSession

from ronghe.organisations.models import Account, Visitor, VisitorDevice


def device_began(
    account: Account, *, session: str, network: str, browser: str, at: dt.datetime, oldest: dt.datetime
) -> None:
    """Remember a browser that signed in; those of this account not seen since `oldest` have run out and are forgotten."""
    UserSession.objects.filter(user=account, last_seen_at__lt=oldest).delete()
    UserSession.objects.update_or_create(
        session_key=session,
        defaults={
            "user": account,
            "ip": network,
            "user_agent": browser[:200],
            "created_at": at,
            "last_seen_at": at,
        },
    )


def device_renewed(old: str, new: str | None) -> None:
    """The session goes on under a new key."""
    UserSession.objects.filter(session_key=old).update(session_key=new)


def device_seen(session: str, *, network: str, at: dt.datetime, oldest: dt.datetime | None = None) -> bool:
    """The browser is in use. False: nothing is known of it, or it was not used since `oldest`."""
    known = UserSession.objects.filter(session_key=session)
    known = known.filter(last_seen_at__gt=oldest) if oldest else known
    return bool(known.update(last_seen_at=at, ip=network))


def device_left(session: str) -> None:
    """The browser signed out by itself."""
    UserSession.objects.filter(session_key=session).delete()


def visitor_began(
    visitor: Visitor, *, session: str, network: str, browser: str, at: dt.datetime, oldest: dt.datetime
) -> VisitorDevice:
    """Remember a browser in which a visitor signed in; theirs from before `oldest` have run out and are forgotten."""
    VisitorDevice.objects.filter(visitor=visitor, began_at__lt=oldest).delete()
    row: VisitorDevice = VisitorDevice.objects.create(
        visitor=visitor, session=session, network=network, browser=browser[:200], began_at=at, seen_at=at
    )
    return row


def visitor_seen(device: int, *, session: str, network: str, at: dt.datetime) -> None:
    """The browser is in use, under this session."""
    VisitorDevice.objects.filter(pk=device).update(session=session, network=network, seen_at=at)


def end_visitor_devices(
    visitor: Visitor, *, only: int | None = None, keep: int | None = None
) -> list[VisitorDevice]:
    """Sign a visitor out: of one browser, or of all but one. Gives those that ended."""
    rows = VisitorDevice.objects.filter(visitor=visitor)
    rows = rows if keep is None else rows.exclude(pk=keep)
    found = list(rows if only is None else rows.filter(pk=only))
    VisitorDevice.objects.filter(pk__in=[row.pk for row in found]).delete()
    return found
