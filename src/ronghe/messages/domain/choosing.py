"""What somebody chose: by group of messages the channels, at once or once a day, and quiet hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from ronghe.messages.enums import MessageState
from ronghe.messages.exceptions import PreferenceError
from ronghe.messages.groups import groups_of
from ronghe.messages.models import Message, Preference
from ronghe.messages.queries.readers import Reader
from ronghe.messages.rules import Address


@dataclass(frozen=True, slots=True)
class Choice:
    """Of one group: the channels ticked, and whether it is told once a day."""

    channels: tuple[str, ...]
    daily: bool = False


def choose(
    reader: Reader,
    choices: Mapping[str, Choice],
    *,
    in_force: Sequence[str],
    quiet: tuple[dt.time, dt.time] | None,
    at: dt.datetime,
) -> Preference:
    """Keep it; what still waits follows it at once. Raises PreferenceError `duty` (`group`): a duty keeps one way."""
    for group in groups_of(reader.to.type):
        choice = choices.get(group.code)
        if not group.duty or choice is None:
            continue
        open_ways = [name for name in in_force if reader.where(name) is not None]
        if open_ways and not set(open_ways) & set(choice.channels):
            message = f"“{group.title}”按规定必须告诉您，至少要留一种发送方式，没有保存。请勾选一种。"
            raise PreferenceError("duty", message, group=group.code)
    with transaction.atomic():
        kept, _new = Preference.objects.update_or_create(
            to_type=reader.to.type,
            to_id=reader.to.ref,
            defaults={
                "choices": {
                    code: {"channels": list(choice.channels), "daily": choice.daily}
                    for code, choice in choices.items()
                },
                "quiet_from": quiet[0] if quiet else None,
                "quiet_until": quiet[1] if quiet else None,
                "changed_at": at,
            },
        )
        _look_again(reader.to, at)
    return kept


def choose_usual(to: Address, *, at: dt.datetime) -> None:
    """Back to what the installation does for whoever chose nothing."""
    with transaction.atomic():
        Preference.objects.filter(to_type=to.type, to_id=to.ref).delete()
        _look_again(to, at)


def _look_again(to: Address, at: dt.datetime) -> None:
    """What was put off by an earlier choice is looked at again."""
    rows = Message.objects.filter(to_type=to.type, to_id=to.ref, state=MessageState.WAITING, tries=0)
    rows.filter(not_before__gt=at).update(not_before=at)
