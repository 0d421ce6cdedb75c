"""One reminder, then escalation: the rules of a duty's `escalate`, each once for a holder and period, one message a person.

Read from `Owed`, which the check keeps; in office hours only. Advice reminds nobody. What a rule gives (a talk) names the
holder it is about; what it tells says which items, never who of the people should have done them.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from ronghe.casework.domain.giving import Giver, give
from ronghe.core.duties import later, left, over
from ronghe.core.errors import RongheError
from ronghe.core.memory import remembering
from ronghe.core.select import Facts, FirstOf, Name, PathRef
from ronghe.core.worktime import Calendar, Limit
from ronghe.definitions.kinds.base import Escalation
from ronghe.definitions.things import Ref, titles_of
from ronghe.duties.enums import Standing
from ronghe.duties.models import Owed, Reminded
from ronghe.duties.queries.holders import Holders
from ronghe.duties.queries.lines import Line, current
from ronghe.ledger.domain import Draft, Touch, record_all
from ronghe.messages.domain import Address, send
from ronghe.messages.rules import staff_may_be_disturbed
from ronghe.organisations.models import Organisation, Person
from ronghe.organisations.queries import OrganisationFacts, PersonFacts, heads_of, inspectors, with_takers

CLOCK = "system:clock"
ROUND = 400  # rows of one round of the worker
REMIND, GIVE = 0, 2
FRESH = dt.timedelta(days=92)
"""How long after its due day a gap is still told: what was loaded of years ago disturbs nobody."""
SHOWN = 12  # items a message names
logger = logging.getLogger(__name__)


@dataclass
class Telling:
    """What is to be told in one round: the items of each person, and how often a person is told of them at all."""

    items: dict[Person, list[Owed]] = field(default_factory=lambda: defaultdict(list))
    done: int = 0


def remind_due(now: dt.datetime, calendar: Calendar, *, most: int = ROUND) -> int:
    """Carry out the rules that are reached; give how many. Safe to repeat, the worker asks again and again."""
    if not staff_may_be_disturbed(now, calendar):
        return 0
    telling = Telling()
    with remembering(), transaction.atomic():
        today = timezone.localdate(now)
        holders = Holders(today)
        for row, no, rule, line in _reached(today, calendar, most):
            try:
                with transaction.atomic():
                    _carry_out(row, no, rule, line, holders, now, telling)
            except RongheError:
                logger.exception("duty %s of %s cannot be escalated", row.duty, row.holder_id)
        for person, rows in telling.items.items():
            _tell(person, rows, today, now)
    return telling.done


def _reached(today: dt.date, calendar: Calendar, most: int) -> Iterator[tuple[Owed, int, Escalation, Line]]:
    """What has reached a rule that was not carried out yet, the first due first."""
    lines = {key: line for key, line in current(today).items() if line.escalate and not line.is_advice}
    if not lines:
        return
    widest = max((later(today, limit, calendar) for limit in _lefts(lines.values())), default=today)
    near = Q(standing=Standing.OPEN, ends__lte=widest) | Q(standing=Standing.GAP, ends__gte=today - FRESH)
    standing = Owed.objects.filter(near, duty__in={duty for duty, _line in lines}, begins__lte=today)
    lately = Reminded.objects.filter(at__date__gte=today - dt.timedelta(days=400))
    done = set(lately.values_list("duty", "line", "holder_type", "holder_id", "period", "rule"))
    found = 0
    for row in standing.select_related("organisation").order_by("ends", "pk").iterator(chunk_size=2000):
        line = lines.get((row.duty, row.line))
        for no, rule in enumerate(line.escalate if line else ()):
            key = (row.duty, row.line, row.holder_type, row.holder_id, row.period, no)
            if line is None or key in done or not _is_reached(row, rule, today, calendar):
                continue
            yield row, no, rule, line
            found += 1
            if found >= most:
                return


def _lefts(lines: Iterable[Line]) -> Iterator[Limit]:
    return (
        rule.when.limit
        for line in lines
        for rule in line.escalate
        if rule.when.word == "left" and rule.when.limit
    )


def _is_reached(row: Owed, rule: Escalation, today: dt.date, calendar: Calendar) -> bool:
    """What is left is told while it is open; gaps are told of the last of them, and only while it is fresh."""
    when = rule.when
    if when.word == "left" and when.limit is not None:
        return row.standing == Standing.OPEN and left(row.ends, today, when.limit, calendar)
    if row.standing != Standing.GAP or today - row.ends > FRESH:
        return False
    if when.word == "gaps":
        return row.gaps == when.count
    if when.word == "late" and when.limit is not None:
        return over(row.ends, today, when.limit, calendar)
    return when.word == "red"


def _carry_out(
    row: Owed, no: int, rule: Escalation, line: Line, holders: Holders, now: dt.datetime, telling: Telling
) -> None:
    ref = (row.holder_type, row.holder_id)
    owing = {
        "duty": row.duty,
        "line": row.line,
        "holder_type": ref[0],
        "holder_id": ref[1],
        "period": row.period,
    }
    mark, is_new = Reminded.objects.get_or_create(**owing, rule=no, defaults={"at": now})
    if not is_new:
        return
    facts = holders.facts(ref)
    people = _meant(rule.tell, facts, row.organisation_id, holders.on) if rule.tell is not None else []
    record_all([_entry(mark, row, line, rule, ref, people, now)])
    if rule.gives is not None and facts is not None:
        give(rule.gives, _giver(row, line, facts, ref, no, now))
    for person in people:
        telling.items[person].append(row)
    telling.done += 1


def _entry(
    mark: Reminded, row: Owed, line: Line, rule: Escalation, ref: Ref, people: list[Person], now: dt.datetime
) -> Draft:
    return Draft(
        kind="duty.reminded",
        subject=("reminded", mark.pk),
        actor=CLOCK,
        at=now,
        organisation_id=row.organisation_id,
        code=row.duty,
        period=row.period,
        definition=line.edition.reference,
        edition=line.edition.edition,
        touches=(Touch("holder", *ref), *(Touch("told", "person", person.pk) for person in people)),
        data={"rule": mark.rule, "level": GIVE if rule.gives is not None else REMIND},
        origin="clock",
    )


def _giver(row: Owed, line: Line, facts: Facts, ref: Ref, no: int, now: dt.datetime) -> Giver:
    """What is given is about the holder's organisation; the same gap never gives the same twice."""
    unit: Organisation = row.organisation
    words = {"what": line.name, "n": row.gaps, "unit": unit.name}
    return Giver(
        facts={"holder": facts, "about": facts},
        source=ref,
        actor=CLOCK,
        at=now,
        origin="clock",
        organisation=unit,
        about=unit,
        title=gettext("%(unit)s：%(what)s连续 %(n)d 期没有完成") % words,
        key=f"{row.duty}/{row.line}/{row.period}/{no}",
    )


def _meant(tell: object, facts: Facts | None, unit: int, on: dt.date) -> list[Person]:
    """Whom a rule tells: who is found on the path, else whoever heads the unit; and who acts for them."""
    people: list[Person] = []
    match tell:
        case Name("inspector"):
            people = inspectors(on)
        case FirstOf(options):
            return next((found for one in options if (found := _meant(one, facts, unit, on))), [])
        case PathRef(path) if path.head == "holder" and facts is not None:
            ends = path.resolve({"holder": facts})
            people = [end.person for end in ends if isinstance(end, PersonFacts)]
            units = [end.organisation.pk for end in ends if isinstance(end, OrganisationFacts)]
            people += [head for number in units for head in heads_of(number, on)]
    return with_takers(people or heads_of(unit, on), on)


def _tell(person: Person, rows: list[Owed], today: dt.date, now: dt.datetime) -> None:
    """All of it in one message, which links to the month of the unit, or to the grid where several units are meant."""
    lines = current(today)
    names = titles_of({(row.holder_type, row.holder_id) for row in rows})
    told = []
    for row in rows[:SHOWN]:
        words = {
            "who": names.get((row.holder_type, row.holder_id), row.organisation.name),
            "what": lines[row.duty, row.line].name,
            "day": f"{row.ends.month}月{row.ends.day}日",
            "n": row.gaps,
        }
        if row.standing == Standing.OPEN:
            told.append(gettext("%(who)s：%(what)s，%(day)s前完成") % words)
        else:
            told.append(gettext("%(who)s：%(what)s，%(day)s到期没有完成，连续 %(n)d 期") % words)
    if len(rows) > SHOWN:
        told.append(gettext("另有 %(n)d 项") % {"n": len(rows) - SHOWN})
    units = {row.organisation_id for row in rows}
    link = f"{reverse('month')}?unit={min(units)}" if len(units) == 1 else reverse("duties")
    send(
        Address("person", person.pk),
        kind="duty.reminded",
        title=gettext("经常任务提醒：%(n)d 项") % {"n": len(rows)},
        text="；".join(told) + "。",
        link=link,
        at=now,
    )
