"""By which channels somebody is told: as chosen, as reached, never quite silent about a duty; once a day, quiet hours."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from ronghe.core.worktime import Calendar
from ronghe.definitions.queries import calendar
from ronghe.messages import queries
from ronghe.messages.domain import Address, deliver, mark_read, send
from ronghe.messages.domain.choosing import Choice, choose, choose_usual
from ronghe.messages.domain.reaching import ask_code, confirm
from ronghe.messages.exceptions import PreferenceError, TransportError
from ronghe.messages.groups import groups_of
from ronghe.messages.models import Attempt, Message, Preference
from ronghe.messages.queries.readers import reader
from ronghe.messages.rules import next_daily, quiet_until
from ronghe.messages.transports import Parcel
from ronghe.organisations.domain import Contact, create_person, seal_identity
from ronghe.organisations.domain.visitors import visitor_for
from ronghe.organisations.models import Person
from tests.city import ACTOR, moment

pytestmark = [pytest.mark.db, pytest.mark.both, pytest.mark.django_db]

MONDAY = moment("2026-03-02 10:00")
CLERK = Address("person", 7)


class Taking:
    """A channel that takes everything, or refuses."""

    def __init__(self, name: str, refusal: TransportError | None = None) -> None:
        self.name, self.refusal = name, refusal
        self.parcels: list[Parcel] = []

    def hand(self, parcel: Parcel) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.parcels.append(parcel)

    @property
    def got(self) -> list[tuple[str, str]]:
        return [(parcel.reach, parcel.title) for parcel in self.parcels]


def tell(to: Address, kind: str = "case.urged", title: str = "催办", **more: Any) -> Message:
    return send(to, kind=kind, title=title, text="请今天办理。", **({"at": MONDAY} | more))


def verify(to: Address, channel: str, typed: str, at: dt.datetime = MONDAY) -> None:
    ask_code(to, channel, typed, at=at, draw=lambda _most: 123456)
    confirm(to, channel, "123456", at=at)
    Message.objects.filter(kind="reach-code").delete()


def rounds(now: dt.datetime, *channels: Taking) -> int:
    return deliver(now, calendar(), transport=channels)


def choice(to: Address, quiet: tuple[dt.time, dt.time] | None = None, **ways: str) -> Preference:
    """`work="sms mail"`; a trailing `daily` makes it so."""
    choices = {
        code: Choice(tuple(word for word in words.split() if word != "daily"), "daily" in words)
        for code, words in ways.items()
    }
    names = ["wecom", "sms", "mail"]
    return choose(reader(to, MONDAY.date()), choices, in_force=names, quiet=quiet, at=MONDAY)


def sms() -> Taking:
    return Taking("sms")


def test_who_chose_nothing_is_told_as_the_installation_does():
    verify(CLERK, "sms", "13800138000"), verify(CLERK, "mail", "wang@example.gov.cn")
    tell(CLERK), tell(CLERK, "extension.settled", "延期结果")
    text, letter = sms(), Taking("mail")

    assert rounds(MONDAY, text, letter) == 2
    assert text.got == [("13800138000", "催办")]
    assert letter.got == [("wang@example.gov.cn", "您有 2 条提醒")]
    assert [(one.channel, one.ok) for one in Attempt.objects.order_by("pk")] == [
        ("sms", True), ("mail", True), ("mail", True),
    ]  # fmt: skip


def test_without_an_address_the_page_tells():
    message = tell(CLERK)

    assert rounds(MONDAY, sms()) == 1
    message.refresh_from_db()
    assert (message.state, message.transport, Attempt.objects.count()) == ("sent", "page", 0)


def test_the_table_decides():
    verify(CLERK, "sms", "13800138000"), verify(CLERK, "mail", "wang@example.gov.cn")
    choice(CLERK, work="mail", duty="sms", result="", check="sms mail", news="")
    for kind in ("claim-asked", "case.urged", "appeal-settled", "checks-drawn", "hook-paused"):
        tell(CLERK, kind, kind, at=MONDAY)
    text, letter = sms(), Taking("mail")

    assert rounds(MONDAY, text, letter) == 5
    assert (text.parcels[0].text, letter.parcels[0].text) == (
        "case.urged\nchecks-drawn",
        "claim-asked\nchecks-drawn",
    )
    told = {row.kind: row.transport for row in Message.objects.all()}
    assert told == {
        "claim-asked": "mail",
        "case.urged": "sms",
        "appeal-settled": "page",
        "checks-drawn": "sms",
        "hook-paused": "page",
    }


def test_a_duty_keeps_one_way():
    verify(CLERK, "sms", "13800138000")

    with pytest.raises(PreferenceError) as refused:
        choice(CLERK, duty="", work="")
    assert (refused.value.code, refused.value.data, "催办督办" in refused.value.message) == (
        "duty", {"group": "duty"}, True,
    )  # fmt: skip
    assert not Preference.objects.exists()
    choice(CLERK, duty="sms", work="")


def test_a_duty_whose_ticked_way_is_gone_goes_by_another():
    verify(CLERK, "sms", "13800138000"), verify(CLERK, "mail", "wang@example.gov.cn")
    choice(CLERK, duty="sms")
    tell(CLERK)
    letter = Taking("mail")

    rounds(MONDAY, letter)

    assert letter.got == [("wang@example.gov.cn", "催办")]


def test_once_a_day_is_told_together_the_next_morning():
    verify(CLERK, "sms", "13800138000")
    choice(CLERK, work="sms daily", duty="sms")
    for title in ("甲", "乙"):
        tell(CLERK, "claim-asked", title)
    tell(CLERK)
    text = sms()

    assert [rounds(moment(now), text) for now in ("2026-03-02 10:00", "2026-03-02 17:59", "2026-03-03 09:00")] == [
        1, 0, 2,
    ]  # fmt: skip
    assert [parcel.title for parcel in text.parcels] == ["催办", "您有 2 条提醒"]


def test_nobody_is_disturbed_in_quiet_hours_except_by_a_duty():
    verify(CLERK, "sms", "13800138000")
    choice(CLERK, quiet=(dt.time(9), dt.time(11, 30)), work="sms", duty="sms")
    tell(CLERK, "claim-asked", "核实"), tell(CLERK)
    text = sms()

    assert [rounds(moment(now), text) for now in ("2026-03-02 10:00", "2026-03-02 11:29", "2026-03-02 11:30")] == [
        1, 0, 1,
    ]  # fmt: skip


def test_another_choice_holds_for_what_waits():
    verify(CLERK, "sms", "13800138000")
    choice(CLERK, work="sms daily", duty="sms")
    tell(CLERK, "claim-asked", "核实")
    text = sms()
    assert rounds(MONDAY, text) == 0

    choose_usual(CLERK, at=MONDAY)

    assert (rounds(MONDAY, text), text.got, Preference.objects.count()) == (1, [], 0)


def test_what_one_channel_took_is_not_sent_by_it_again():
    verify(CLERK, "sms", "13800138000"), verify(CLERK, "mail", "wang@example.gov.cn")
    choice(CLERK, duty="sms mail")
    message = tell(CLERK)
    text, busy, letter = sms(), Taking("mail", TransportError("refused", "")), Taking("mail")

    assert rounds(MONDAY, text, busy) == 0
    assert queries.failing().get() == message
    assert rounds(MONDAY + dt.timedelta(minutes=1), text, letter) == 1
    assert (len(text.parcels), len(letter.parcels)) == (1, 1)
    assert [(one.channel, one.ok, one.trouble) for one in Attempt.objects.order_by("pk")] == [
        ("sms", True, ""), ("mail", False, "refused"), ("mail", True, ""),
    ]  # fmt: skip


def test_one_channel_that_never_will_does_not_make_it_a_dead_letter():
    verify(CLERK, "sms", "13800138000"), verify(CLERK, "mail", "wang@example.gov.cn")
    choice(CLERK, duty="sms mail")
    tell(CLERK)

    assert rounds(MONDAY, sms(), Taking("mail", TransportError("refused", "", again=False))) == 1
    assert (queries.dead_letters().count(), Message.objects.get().trouble) == (0, "refused")


def test_who_left_is_told_on_the_page_only():
    person = create_person(name="离任者", actor=ACTOR, at=MONDAY)
    to = Address("person", person.pk)
    verify(to, "sms", "13800138000")
    Person.objects.filter(pk=person.pk).update(left_on=MONDAY.date())
    tell(to)
    text = sms()

    assert (rounds(MONDAY, text), text.parcels) == (1, [])


# The public


def requester(phone: str = "", email: str = "") -> Address:
    contact = Contact(name="王建国", phone=phone, email=email)
    return Address("identity", seal_identity(contact, actor=ACTOR, at=MONDAY).pk)


def test_the_public_is_told_by_the_phone_it_left():
    to = requester("+86 138-0013-8000")
    tell(to, "rating-asked", "请评价")
    text = sms()

    assert (rounds(MONDAY, text), text.got) == (1, [("13800138000", "请评价")])


@pytest.mark.parametrize(
    ("phone", "email", "way", "where"),
    [("0755-12345678", "wang@example.cn", "mail", "wang@example.cn"), ("", "", "", "")],
)
def test_without_a_mobile_number_by_mail_and_without_both_not_at_all(
    phone: str, email: str, way: str, where: str
):
    message = tell(requester(phone, email), "case.extended", "延期")
    text, letter = sms(), Taking("mail")

    rounds(MONDAY, text, letter)

    message.refresh_from_db()
    assert (message.transport, text.parcels, [to for to, _title in letter.got]) == (
        way,
        [],
        [where] if where else [],
    )
    assert message.state == ("sent" if way else "dropped")
    assert queries.dead_letters().count() == 0


def test_what_a_visitor_chose_holds_for_every_case_with_their_phone():
    visitor = visitor_for("13800138000", actor=ACTOR, at=MONDAY)
    mine = Address("identity", visitor.identity_id)
    verify(mine, "mail", "wang@example.cn")
    choice(mine, ask="sms", answer="sms mail", progress="", claim="mail")
    case = requester("13800138000")
    for kind in ("rating-asked", "case.extended", "sign-in-code"):
        tell(case, kind, kind)
    text, letter = sms(), Taking("mail")

    rounds(MONDAY, text, letter)

    assert [title for _to, title in text.got] == ["rating-asked", "sign-in-code"]
    assert letter.got == [("wang@example.cn", "rating-asked")]
    assert Message.objects.get(kind="case.extended").state == "dropped"


def test_one_whose_identity_no_key_opens_holds_nobody_up(settings: Any):
    settings.IDENTITY_KEYS = ["lost"]
    lost = requester("13800138000")
    settings.IDENTITY_KEYS = ["kept"]
    tell(lost, "rating-asked"), tell(requester("13900139000"), "rating-asked")
    text = sms()

    assert (rounds(MONDAY, text), text.parcels[0].reach) == (1, "13900139000")
    assert queries.failing().get().trouble == "identity-key"


# The room's own rules


DAYS = Calendar()


@pytest.mark.parametrize(
    ("now", "begins", "ends", "until"),
    [
        ("2026-03-02 22:30", "22:00", "07:00", "2026-03-03 07:00"),
        ("2026-03-03 06:59", "22:00", "07:00", "2026-03-03 07:00"),
        ("2026-03-03 07:00", "22:00", "07:00", None),
        ("2026-03-02 12:00", "12:00", "14:00", "2026-03-02 14:00"),
        ("2026-03-02 14:00", "12:00", "14:00", None),
        ("2026-03-02 14:00", "12:00", "12:00", None),
    ],
)
def test_quiet_hours_may_run_over_midnight(now: str, begins: str, ends: str, until: str | None):
    hours = [dt.time.fromisoformat(word) for word in (begins, ends)]

    assert quiet_until(moment(now), *hours, DAYS) == (moment(until) if until else None)


@pytest.mark.parametrize(
    ("at", "leaves"),
    [("2026-03-02 08:59", "2026-03-02 09:00"), ("2026-03-02 09:00", "2026-03-03 09:00")],
)
def test_what_is_told_once_a_day_leaves_at_nine(at: str, leaves: str):
    assert next_daily(moment(at), DAYS) == moment(leaves)


def test_every_group_has_a_default_and_a_name_of_its_own(settings: Any):
    codes = [group.code for to in ("person", "identity") for group in groups_of(to)]

    assert sorted(codes) == sorted({*codes} & settings.MESSAGE_DEFAULTS.keys())
    kinds = [kind for to in ("person", "identity") for group in groups_of(to) for kind in group.kinds]
    assert len(kinds) == len(set(kinds))


def test_what_was_read_is_no_dead_letter_any_more():
    verify(CLERK, "sms", "13800138000")
    message = tell(CLERK)
    rounds(MONDAY, Taking("sms", TransportError("refused", "", again=False)))
    assert queries.dead_letters().get() == message

    mark_read(message, at=MONDAY)

    assert queries.dead_letters().count() == 0
