"""The daily draw of closed cases whose replies are checked, and to whom each goes.

The seed of a draw follows from the installation's secret, the definition, the kind of case and the day, so nobody chooses
it; its commitment stands in the ledger. Whoever is shown the seed can repeat the draw (`drawn_again`): a daily one from the
ledger alone, one of a period or by strata from what was kept of that moment, because things say something else by now.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from ronghe.core.draw import commitment
from ronghe.core.memory import remembering
from ronghe.core.select import Kinds, Where
from ronghe.core.worktime import SHANGHAI, Calendar, due_after
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import freeze
from ronghe.definitions.queries import Loaded
from ronghe.judgements.domain.strata import drawn_of, keep_strata, strata_of
from ronghe.judgements.domain.telling import tell_checker
from ronghe.judgements.models import Draw, DrawnFrom, Judgement
from ronghe.judgements.queries.asked import drawn_daily
from ronghe.judgements.queries.cases import Closing, closed_on, handled_by, openings_of
from ronghe.judgements.queries.checkers import Pool, loads_of
from ronghe.ledger.domain import Draft, Touch, record_all, sequence

CLOCK = "system:clock"


@dataclass(frozen=True)
class Due:
    """A day of which nothing was drawn yet, by the definition of that day."""

    loaded: Loaded
    procedure: str
    where: Where | None
    day: dt.date


def draw_due(at: dt.datetime, calendar: Calendar) -> int:
    """Once the office has opened on a working day, draw for every day since the last one; give how many checks came of it.

    Days off are drawn for on the working day after. Safe to repeat, and by several workers at once: a day is drawn once.
    """
    today = calendar.local(at).date()
    if not calendar.is_workday(today) or at < calendar.opening(today):
        return 0
    due = _due(today, calendar)
    if not due:
        return 0
    watermark, drawn = sequence(), 0
    with remembering():
        for one in due:
            drawn += _draw_day(one, watermark, at, calendar)
        _give_to_somebody(at, calendar)
    return drawn


def seed_of(judgement: str, procedure: str, day: dt.date) -> str:
    """The seed of a draw; nobody can tell it without the installation's secret, or choose another."""
    text = f"draw:{judgement}:{procedure}:{day.isoformat()}".encode()
    return hmac.digest(settings.SECRET_KEY.encode(), text, hashlib.sha256).hex()


@dataclass(frozen=True)
class Repeated:
    """A draw repeated: from what, the keys drawn, and whether they are those drawn then. `is_daily`: of one day's cases."""

    keys: tuple[str, ...]
    drawn: tuple[str, ...]
    is_same: bool
    is_daily: bool
    by_strata: bool


def drawn_again(made: Draw) -> Repeated:
    """Repeat a draw from its seed and what it drew from."""
    loaded = definitions.by_edition(made.edition_id)
    kept = DrawnFrom.objects.filter(draw=made).first()
    strata = kept.strata if kept else dict.fromkeys(_keys_of(made, loaded), "")
    drawn = drawn_of(loaded, strata, made.seed)
    is_daily = str(loaded.body.when.each) == "day"
    # A daily check is of the round that was closed; reviews of a period count their own rounds.
    wanted = {key if is_daily else key.rpartition(":")[0] for key in drawn}
    asked = {
        f"{one.subject_type}:{one.subject_id}" + (f":{one.round}" if is_daily else "")
        for one in made.checks.all()
    }
    is_same = wanted == asked and len(strata) == made.rows and commitment(made.seed) == made.hash
    return Repeated(tuple(strata), drawn, is_same, is_daily, loaded.body.when.strata is not None)


def _keys_of(made: Draw, loaded: Loaded) -> list[str]:
    """What was closed that day, as the ledger had it then."""
    where = next(
        (one.where for one in loaded.body.judges if isinstance(one, Kinds) and one.name == made.procedure),
        None,
    )
    return [one.key for one in _judged(closed_on(made.procedure, made.day, made.watermark), where)]


def _due(today: dt.date, calendar: Calendar) -> list[Due]:
    """For each drawn judgement and kind of case the days since the last draw; at first those since the last working day."""
    last = {
        (row["judgement"], row["procedure"]): row["last"]
        for row in Draw.objects.order_by().values("judgement", "procedure").annotate(last=Max("day"))
    }
    found = []
    for loaded, choice in drawn_daily(today):
        code = loaded.edition.code
        known = last.get((code, choice.name))
        day = known + dt.timedelta(days=1) if known else calendar.add(today, -1)
        while day < today:
            of_day = definitions.get("judgement", code, day)
            found.append(Due(of_day, choice.name, choice.where, day))
            day += dt.timedelta(days=1)
    return found


def _draw_day(due: Due, watermark: int, at: dt.datetime, calendar: Calendar) -> int:
    code = due.loaded.edition.code
    closings = _judged(closed_on(due.procedure, due.day, watermark), due.where)
    seed = seed_of(code, due.procedure, due.day)
    strata = strata_of(
        due.loaded, {one.key: ("case", one.case_id) for one in closings}, calendar.local(at).date()
    )
    keys = drawn_of(due.loaded, strata, seed)
    made = Draw(
        judgement=code,
        procedure=due.procedure,
        day=due.day,
        edition=due.loaded.edition,
        seed=seed,
        hash=commitment(seed),
        watermark=watermark,
        rows=len(closings),
        drawn=len(keys),
        at=at,
    )
    by_key = {closing.key: closing for closing in closings}
    try:
        with transaction.atomic():
            made.save()
            if due.loaded.body.when.strata is not None:
                keep_strata(made, strata)
            record_all([draw_entry(made, due.loaded)])
            freeze(due.loaded.edition, at=at)
            _ask_for(made, due.loaded, [by_key[key] for key in keys], calendar)
    except IntegrityError:
        if Draw.objects.filter(judgement=code, procedure=due.procedure, day=due.day).exists():
            return 0  # another worker drew this day while we did
        raise
    return len(keys)


def _judged(closings: Sequence[Closing], where: Where | None) -> list[Closing]:
    return [
        closing
        for closing in closings
        if where is None or where.matches({"state": "closed", "result": closing.result})
    ]


def _ask_for(made: Draw, loaded: Loaded, closings: Sequence[Closing], calendar: Calendar) -> None:
    """A check for each that was drawn; a round that is checked already keeps its check."""
    within = loaded.body.within
    known = set(
        Judgement.objects.filter(
            judgement=made.judgement,
            subject_type="case",
            subject_id__in=[closing.case_id for closing in closings],
        ).values_list("subject_id", "round")
    )
    Judgement.objects.bulk_create(
        [
            Judgement(
                edition=loaded.edition,
                judgement=made.judgement,
                subject_type="case",
                subject_id=closing.case_id,
                round=closing.round,
                organisation_id=closing.organisation_id,
                draw=made,
                reply=closing.reply,
                asked_at=made.at,
                due=due_after(calendar, made.at, within) if within else None,
            )
            for closing in closings
            if (closing.case_id, closing.round) not in known
        ],
        batch_size=500,
    )


def _give_to_somebody(at: dt.datetime, calendar: Calendar) -> None:
    """Give every open check that has nobody, or somebody who may no longer give it, to the one free who has the fewest."""
    today = calendar.local(at).date()
    with transaction.atomic():
        waiting = (
            Judgement.objects.select_for_update(of=("self",))
            .filter(draw__isnull=False, is_review=False, given_at=None)
            .select_related("edition", "draw")
            .order_by("pk")
        )
        by_code: dict[str, list[Judgement]] = {}
        for row in waiting:
            by_code.setdefault(row.judgement, []).append(row)
        for code, rows in by_code.items():
            pool = Pool.of(definitions.get("judgement", code, today).body.by, today)
            _assign(rows, pool, at)


def _assign(rows: Sequence[Judgement], pool: Pool, at: dt.datetime) -> None:
    ids = {row.subject_id for row in rows}
    openings, handled, loads = openings_of(ids), handled_by(ids), loads_of(pool.people())
    told: Counter[int] = Counter()
    drafts = []
    for row in rows:
        opening = openings.get(row.subject_id)
        free = pool.free_for(
            responsible=row.organisation_id,
            about_unit=opening.about_unit if opening else None,
            handled=handled.get(row.subject_id, set()),
        )
        if not free or any(one.pk == row.judge_id for group in free for one in group):
            continue
        judge = min(free[0], key=lambda one: (loads[one.pk, "open"], loads[one.pk, "all"], one.pk))
        row.judge = judge
        loads[judge.pk, "open"] += 1
        loads[judge.pk, "all"] += 1
        told[judge.pk] += 1
        drafts.append(_asked_entry(row, at))
    Judgement.objects.bulk_update(rows, ["judge"], batch_size=200)
    record_all(drafts)
    for person, count in told.items():
        tell_checker(person, count, at=at)


def draw_entry(made: Draw, loaded: Loaded) -> Draft:
    """That a drawing was made: its commitment, from how many, how many."""
    return Draft(
        kind="judgement.drawn",
        subject=("draw", made.pk),
        actor=CLOCK,
        at=made.at,
        code=made.procedure,
        quantity=made.drawn,
        definition=loaded.edition.reference,
        edition=loaded.edition.edition,
        data={
            "hash": made.hash,
            "day": made.day.isoformat(),
            "rows": made.rows,
            "drawn": made.drawn,
        },
        origin="clock",
    )


def _asked_entry(row: Judgement, at: dt.datetime) -> Draft:
    return Draft(
        kind="judgement.asked",
        subject=("judgement", row.pk),
        actor=CLOCK,
        at=at,
        organisation_id=row.organisation_id,
        touches=(Touch("of", "case", row.subject_id), Touch("drawn-by", "draw", row.draw_id or 0)),
        definition=row.edition.reference,
        edition=row.edition.edition,
        data={
            "round": row.round,
            "due": row.due.astimezone(SHANGHAI).isoformat() if row.due else None,
            "person": row.judge_id,
        },
        origin="clock",
    )
