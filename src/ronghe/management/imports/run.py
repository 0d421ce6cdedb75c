"""Run one import: open the file, let the room take it batch by batch, keep the refused rows, note that it happened."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.activities.domain.intake import ActivityIntake
from ronghe.casework.domain.intake import CaseIntake
from ronghe.core.memory import forget, remembering
from ronghe.core.tables import Column, Heading, Row, Status, TableError, Verdict
from ronghe.core.worktime import SHANGHAI
from ronghe.ledger.domain import record
from ronghe.ledger.rules import is_label
from ronghe.management.imports import ratings
from ronghe.management.imports.files import open_table
from ronghe.management.imports.workbooks import RefusedWorkbook, write_accounts
from ronghe.organisations.domain.intake import EnterpriseIntake, OrganisationIntake, PeopleIntake
from ronghe.organisations.domain.rosters import RosterIntake
from ronghe.organisations.queries import Powers

BATCH = 500
SHOWN = 100  # refused rows told of in the report; all of them are in the workbook
SOURCE_MOST = 40
REFUSED_ENDING = "-未导入"  # of a workbook of refused rows: mended, it is of the same source
_COPY = re.compile(rf"\s*({REFUSED_ENDING}|\(\d+\)|- 副本|_副本|- copy)+$", re.IGNORECASE)


class Kind(StrEnum):
    """What a table holds."""

    CASES = "cases"
    ORGANISATIONS = "organisations"
    PEOPLE = "people"
    MEMBERS = "members"
    ENTERPRISES = "enterprises"
    ACTIVITIES = "activities"


TITLES = {
    Kind.CASES: _("办件"),
    Kind.ORGANISATIONS: _("单位"),
    Kind.PEOPLE: _("人员"),
    Kind.MEMBERS: _("党员名册"),
    Kind.ENTERPRISES: _("企业"),
    Kind.ACTIVITIES: _("活动"),
}


class Intake(Protocol):
    """What a room offers to take rows with."""

    @property
    def columns(self) -> tuple[Column, ...]: ...

    def take(self, rows: list[Row], /) -> Iterable[Verdict]: ...

    def finish(self) -> Iterable[Verdict]: ...


@dataclass(frozen=True)
class Order:
    """What is to be imported and how. `name` is what the person calls the file, `refused` where refused
    rows go (else beside the data), `within` the units a roster may speak of (None: all), `powers` those of whoever sent it.
    """

    kind: Kind
    path: Path
    at: dt.datetime
    refused: Path | None = None
    name: str = ""
    source: str = ""
    may_found: bool = False
    within: frozenset[int] | None = None
    powers: Powers | None = None
    is_trial: bool = False
    first_password: Callable[[], str] | None = None
    progress: Callable[[int], None] = lambda _rows: None

    @property
    def called(self) -> str:
        return self.name or self.path.name

    def refused_path(self, report: Report) -> Path:
        """Where the refused rows go, under a name that leads back to the source."""
        kept = settings.DATA_DIR / "imports" / report.batch / f"{report.source}{REFUSED_ENDING}.xlsx"
        return self.refused or kept


@dataclass
class Report:
    """What became of a file. `refusals` are the first refused cells: row, column, why."""

    kind: str
    file: str
    source: str
    batch: str
    dry_run: bool = False
    rows: int = 0
    accepted: int = 0
    updated: int = 0
    already: int = 0
    refused: int = 0
    rated: int = 0
    created_organisations: int = 0
    refused_file: str | None = None
    accounts_file: str | None = None
    refusals: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def count(self, heading: Heading, verdict: Verdict) -> None:
        """Count one row."""
        setattr(self, verdict.status, getattr(self, verdict.status) + 1)
        if verdict.status is Status.REFUSED:
            for code, said in verdict.reasons.items():
                if len(self.refusals) < SHOWN:
                    column = heading.title_of(code) if code else ""
                    self.refusals.append({"row": verdict.row.number, "column": column, "reason": said})


def run(order: Order) -> Report:
    """Import the file, or with `is_trial` say what would happen. Raises TableError; then nothing was written."""
    if order.refused is not None and order.refused.resolve() == order.path.resolve():
        message = gettext("没有导入的行不能写回原来的文件“%(file)s”，没有导入。请给 --refused 换一个文件名。")
        raise TableError("refused-file", message % {"file": order.called})
    source = source_of(order)
    report = Report(order.kind, order.called, source, batch_of(order, source), dry_run=order.is_trial)
    intake = intake_of(order, report)
    with remembering(), _taken_back() if order.is_trial else nullcontext():
        with open_table(order.path, intake.columns, order.called) as table:
            with RefusedWorkbook(order.refused_path(report), table.heading) as workbook:
                for verdict in _verdicts(intake, table.rows, report, order.progress):
                    report.count(table.heading, verdict)
                    if verdict.status is Status.REFUSED and not order.is_trial:
                        workbook.add(verdict)
            report.refused_file = str(workbook.path) if workbook.rows else None
        _finish(order, intake, report)
    return report


def _verdicts(
    intake: Intake, rows: Iterator[Row], report: Report, progress: Callable[[int], None]
) -> Iterator[Verdict]:
    while batch := list(islice(rows, BATCH)):
        report.rows += len(batch)
        yield from intake.take(batch)
        forget()  # what is remembered of each day and unit would grow with the file
        progress(report.rows)
    yield from intake.finish()


def _finish(order: Order, intake: Intake, report: Report) -> None:
    if isinstance(intake, CaseIntake):
        report.rated, report.created_organisations = intake.rated, intake.founded
    elif isinstance(intake, PeopleIntake) and intake.accounts and not order.is_trial:
        path = order.refused_path(report).with_name(f"{report.batch}-accounts.xlsx")
        write_accounts(path, intake.accounts)
        report.accounts_file = str(path)
    if (report.accepted or report.updated) and not order.is_trial:
        record(
            "import.finished",
            subject=("import", int(order.at.timestamp() * 1_000_000)),
            actor=f"import:{report.batch}",
            at=order.at,
            data={
                "rows": report.rows,
                "accepted": report.accepted + report.updated,
                "refused": report.refused,
                "source": report.source,
            },
            origin="import",
            batch=report.batch,
        )


@contextmanager
def _taken_back() -> Iterator[None]:
    """A transaction that leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns a table of the kind may have."""
    return {
        Kind.CASES: CaseIntake.columns,
        Kind.ORGANISATIONS: OrganisationIntake.columns,
        Kind.PEOPLE: PeopleIntake.columns,
        Kind.MEMBERS: RosterIntake.columns,
        Kind.ENTERPRISES: EnterpriseIntake.columns,
        Kind.ACTIVITIES: ActivityIntake.columns,
    }[kind]


def intake_of(order: Order, report: Report) -> Intake:
    """The room's intake for what the file holds."""
    batch, at, is_trial = report.batch, order.at.astimezone(SHANGHAI), order.is_trial
    match order.kind:
        case Kind.CASES:
            rate = partial(ratings.write, batch=batch)
            return CaseIntake(report.source, batch, at, ratings.values_of, rate, order.may_found, is_trial)
        case Kind.ORGANISATIONS:
            return OrganisationIntake(batch, at, is_trial)
        case Kind.PEOPLE:
            return PeopleIntake(batch, at, is_trial, first_password=order.first_password)
        case Kind.MEMBERS:
            return RosterIntake(batch, at, is_trial, within=order.within)
        case Kind.ENTERPRISES:
            return EnterpriseIntake(batch, at, is_trial)
        case Kind.ACTIVITIES:
            return ActivityIntake(
                batch, at, is_trial, source=report.source, within=order.within, powers=order.powers
            )


def source_of(order: Order) -> str:
    """The name the rows are known under: as given, else the file's name without its ending and copy marks.

    Raises TableError `source` for a given name that cannot stand in the ledger.
    """
    given = order.source.strip()
    if given and not is_label(given):
        message = gettext(
            "来源“%(source)s”不能用：最多 40 字，不含特殊符号和 7 位以上的连续数字，例如 市长信箱。没有导入。"
        )
        raise TableError("source", message % {"source": given})
    return given or suggested_source(order.called)


def suggested_source(name: str) -> str:
    """A source from a file's name: long numbers are cut apart, signs become dashes."""
    stem = _COPY.sub("", Path(name).stem)
    plain = re.sub(r"[^一-鿿A-Za-z0-9 ._()（）-]+", "-", stem).strip(" ._()（）-")
    parted = re.sub(r"\d{7,}", lambda found: "-".join(re.findall(r"\d{1,4}", found[0])), plain)[
        :SOURCE_MOST
    ].strip()
    return parted if is_label(parted) else "import"


def batch_of(order: Order, source: str) -> str:
    """A code for this run: when, and a few letters that tell runs of one second apart."""
    at = order.at.astimezone(SHANGHAI)
    digest = hashlib.blake2b(
        f"{order.called}\n{source}\n{at.isoformat()}".encode(), digest_size=3
    ).hexdigest()
    return f"{at:%Y%m%d-%H%M%S}-{digest}"
