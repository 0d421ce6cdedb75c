"""A small city in which something that could leak is always there: every kind of case, for one's own and for another unit.

Each case carries words that stand nowhere else, so that a page which shows one of them has shown that case.
"""

from __future__ import annotations

import datetime as dt
import io
import tempfile
import uuid
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from ronghe.appraisal.domain import issue_bulletin
from ronghe.bulletins.domain import draft
from ronghe.bulletins.models import Bulletin
from ronghe.casework import domain
from ronghe.casework.domain import By, follow_code_of
from ronghe.casework.domain.complaining import complain
from ronghe.casework.domain.filing import take_numbers
from ronghe.casework.models import Case
from ronghe.casework.queries.links import link_token
from ronghe.core.periods import Period
from ronghe.core.procedure import Step, steps_of
from ronghe.definitions import queries as definitions
from ronghe.definitions.domain import add_line
from ronghe.judgements.domain import draw_due
from ronghe.judgements.models import Draw, Judgement
from ronghe.ledger.domain import sequence
from ronghe.management.telling import push
from ronghe.messages.domain import hooks
from ronghe.messages.models import Message
from ronghe.organisations import domain as organisations
from ronghe.organisations.domain import Contact, claims, visitors
from ronghe.organisations.domain.filters import save_filter
from ronghe.organisations.domain.tokens import issue_token
from ronghe.organisations.models import Visitor
from ronghe.organisations.queries import powers_of
from ronghe.registers.domain import begin_entry
from ronghe.www.visitor.session import LASTS, UNTIL_KEY, VISITOR_KEY
from tests.accounts.helping import with_totp
from tests.city import ACTOR, FOUNDED, PASSWORD, City
from tests.matrix.asking import Browser
from tests.matrix.roles import IMPORTER, LENDER, LINKED, PUBLIC, ROLES, STAFF, SUBMITTED
from tests.tables import CASE, workbook
from tests.www.desk_cases import ago

WHO = ("name", "phone", "address")
MARKS = "甲乙丙丁戊己庚辛壬癸"
# What ends a step on the way to an answer, the first that its definition has.
ONWARDS = ("accept", "ready", "submit", "pass", "approve", "send")
WHEN: Any = {"actor": ACTOR, "at": FOUNDED}


@dataclass(frozen=True)
class Told:
    """A case and the words of it that stand nowhere else, by what they are."""

    key: str
    pk: int
    secrets: Mapping[str, str]
    submission: uuid.UUID
    requesters_file: int = 1
    units_file: int = 2

    @property
    def number(self) -> str:
        return self.secrets["number"]

    @property
    def code(self) -> str:
        return self.secrets["code"]

    @property
    def absent(self) -> str:
        """A number like it that nobody ever had."""
        return self.number[:-6] + "999999"


@dataclass
class World:
    """The city, its cases, who asks, and where each of them is signed in."""

    city: City
    cases: dict[str, Told] = field(default_factory=dict)
    clients: dict[str, Browser] = field(default_factory=dict)
    visitors: dict[str, Visitor] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    checker: str = ""
    row_secret: str = "暗记导入行"

    def case(self, key: str) -> Case:
        return Case.objects.select_related("edition").get(pk=self.cases[key].pk)


def secrets_of(n: int) -> dict[str, str]:
    """The words of the nth case. The phone inside the text stands in its beginning, so that it is part of the title."""
    mark = MARKS[n]
    return {
        "name": f"司空明{mark}",
        "phone": f"1390{n}4{n}7358",
        "address": f"暗记巷{mark}号院",
        "title": f"暗记题{mark}",
        "inner": f"1360{n}8{n}2461",
        "detail": f"暗记详情{mark}",
        "file": f"暗记档{mark}",
        "bytes": f"BYTES-OF-{n}-{n * 7919 + 13}",
        "note": f"暗记备注{mark}",
        "unit-file": f"暗记内部档{mark}",
        "reply": f"暗记答复{mark}",
        "draft": f"暗记草稿{mark}",
    }


def text_of(secrets: Mapping[str, str]) -> str:
    return f"路灯不亮{secrets['title']}，请回电{secrets['inner']}。小区门口已经三个月没有亮，{secrets['detail']}，请派人来看。"


def file_of(secrets: Mapping[str, str], name: str) -> SimpleUploadedFile:
    """A packed file: its secret can be read only by who unpacks it."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", secrets["bytes"] * 20)
    return SimpleUploadedFile(f"{secrets[name]}.docx", packed.getvalue(), "application/octet-stream")


class Story:
    """How the cases came to stand as they do: filed, answered, paused, closed, withdrawn, through the domain."""

    def __init__(self, world: World) -> None:
        self.world, self.city = world, world.city

    def file(self, key: str, procedure: str, values: Mapping[str, Any], **more: Any) -> None:
        secrets = secrets_of(len(self.world.cases))
        at = timezone.localtime() if "actor" in more else ago(hours=3)
        submission = uuid.uuid5(uuid.NAMESPACE_OID, key)
        case = domain.open_case(
            definitions.get("procedure", procedure, at.date()),
            values={**values, "detail": text_of(secrets)},
            at=at,
            submission=submission,
            contact=Contact(name=secrets["name"], phone=secrets["phone"], address=secrets["address"]),
            **more,
        ).case
        self.keep(key, case, secrets)

    def keep(self, key: str, case: Case, secrets: Mapping[str, str]) -> None:
        assert case.submission is not None
        told = {**secrets, "number": case.number, "code": follow_code_of(case.submission)}
        self.world.cases[key] = Told(key, case.pk, told, case.submission)
        by = By(f"requester:{case.pk}", timezone.localtime())
        domain.attach(case.pk, by, file=file_of(told, "file"))

    def by(self, name: str) -> By:
        account, at = self.city.accounts[name], timezone.localtime()
        return By(f"person:{account.person_id}", at, powers_of(account, at.date()))

    def do(self, name: str, key: str, outcome: str, **more: Any) -> None:
        case = self.world.case(key)
        step = case.steps.filter(done_at=None).order_by("no").first()
        assert step is not None
        domain.complete_step(case.pk, self.by(name), step=step.no, outcome=outcome, **more)

    def note(self, name: str, key: str) -> None:
        """An internal remark and an internal file, as a unit adds them."""
        told = self.world.cases[key]
        domain.add_note(told.pk, self.by(name), text=f"内部情况：{told.secrets['note']}。")
        inner = {**told.secrets, "bytes": told.secrets["bytes"] + "-UNIT"}
        domain.attach(told.pk, self.by(name), file=file_of(inner, "unit-file"))

    def open_step(self, key: str) -> tuple[Case, Step] | None:
        case = self.world.case(key)
        row = case.steps.filter(done_at=None).order_by("no").first()
        flow = definitions.by_edition(case.edition_id).body.flow
        found = {placed.step.code: placed.step for placed in steps_of(flow)}
        return (case, found[row.code]) if row else None

    def onwards(self, key: str, *names: str, until: str = "") -> None:
        """Go the ordinary way to the answer, each step by the next of the names in turn; `until`: stop before that step."""
        for turn in range(12):
            at = self.open_step(key)
            if at is None or (until and until in (at[1].code, "draft" if is_check(at[1]) else "")):
                return
            outcome = next(code for code in ONWARDS if code in at[1].outcomes)
            kind = "draft" if until else "reply"
            reply = f"经核实，{self.world.cases[key].secrets[kind]}，已经修好。" if writes(at[1]) else ""
            self.do(names[turn % len(names)], key, outcome, reply=reply)


def is_check(step: Step) -> bool:
    """Whether at this step somebody else checks what was drafted."""
    return bool(getattr(step, "checks", None))


def writes(step: Step) -> bool:
    """Whether a reply is written at this step."""
    return bool(step.template)


def build_world(city: City) -> World:
    """Everything, in the order of its story."""
    world = World(city)
    city.unit("xfj", "petition-office", "市信访局")
    _seat(world)
    story = Story(world)
    _number_from(4170)
    units, matter = city.units, _first_line("petition", "petition-matters")
    request = {"topic": "environment"}
    story.file("request", "enterprise-request", request, about=units["enterprise"])
    story.do("管家甲", "request", "transfer", to=units["sthjj"])
    story.do("环境经办", "request", "accept")
    story.note("环境经办", "request")
    domain.pause_case(
        world.cases["request"].pk, story.by("环境经办"), step=_open_no(world, "request"), ground="survey"
    )
    story.file("message", "resident-message", {})
    story.do("分办甲", "message", "transfer", to=units["zjj"])
    story.note("住建经办", "message")
    story.onwards("message", "住建经办", "住建局长")
    _complain(story)
    story.file("petition", "petition", {"matter": matter}, about_unit=units["zjj"])
    story.do("分办甲", "petition", "transfer", to=units["sthjj"])
    story.note("环境经办", "petition")
    story.onwards("petition", "环境经办", "环境局长", until="draft" if has_check("petition") else "answer")
    story.file("office-petition", "petition", {"matter": matter}, about_unit=units["zjj"])
    story.do("分办甲", "office-petition", "transfer", to=units["xfj"])
    story.note("信访专员", "office-petition")
    story.file("waiting-petition", "petition", {"matter": matter}, about_unit=units["zjj"])
    story.file("withdrawn-petition", "petition", {"matter": matter}, about_unit=units["sthjj"])
    story.do("分办甲", "withdrawn-petition", "transfer", to=units["zjj"])
    story.note("住建经办", "withdrawn-petition")
    withdrawn = world.cases["withdrawn-petition"].pk
    domain.withdraw_case(withdrawn, By(f"requester:{withdrawn}", timezone.localtime()))
    _drafted_request(story)
    story.file("filed-message", "resident-message", {}, actor=story.by("分办甲").actor)
    _sign_in(world)
    _submit(world, story)
    _follow(world)
    _rate(world)
    _import(world)
    _told(world)
    _registered(world)
    _written(world)
    return world


def _number_from(last: int) -> None:
    """Numbers that no example in a text of a page names."""
    at = timezone.localdate()
    for procedure in ("enterprise-request", "resident-message", "petition", "complaint"):
        take_numbers(definitions.get("procedure", procedure, at), at.year, at.month, last)


def _complain(story: Story) -> None:
    """Who left the message complains of the unit that answered it; who that is stands in the message."""
    world, at = story.world, timezone.localtime()
    secrets = {kind: word for kind, word in secrets_of(len(world.cases)).items() if kind not in WHO}
    lines = definitions.get("procedure", "complaint", at.date()).body.form
    ground = definitions.lists_of(lines, at.date())["complaint-grounds"][0]["code"]
    said = {"ground": str(ground), "detail": text_of(secrets)}
    story.keep("complaint", complain(world.cases["message"].pk, values=said, at=at).case, secrets)
    story.note("督查员", "complaint")


def _drafted_request(story: Story) -> None:
    """Another enterprise request whose reply is written and not sent, where the flow has such a step."""
    story.file(
        "drafted-request",
        "enterprise-request",
        {"topic": "environment"},
        about=story.city.units["enterprise"],
    )
    story.do("管家甲", "drafted-request", "transfer", to=story.city.units["zjj"])
    story.onwards(
        "drafted-request", "住建经办", until="draft" if has_check("enterprise-request") else "reply"
    )


def has_check(procedure: str) -> bool:
    """Whether a reply is drafted and then checked by a second person."""
    flow = definitions.get("procedure", procedure, timezone.localdate()).body.flow
    return any(is_check(placed.step) for placed in steps_of(flow))


def _first_line(procedure: str, name: str) -> str:
    on = timezone.localdate()
    return str(
        definitions.lists_of(definitions.get("procedure", procedure, on).body.form, on)[name][0]["code"]
    )


def _open_no(world: World, key: str) -> int:
    step = world.case(key).steps.filter(done_at=None).order_by("no").first()
    assert step is not None
    return int(step.no)


def _seat(world: World) -> None:
    for role in STAFF:
        if role.name in world.city.accounts:
            continue
        for unit, post in role.posts[:1]:
            world.city.seat(unit, post, role.name)
        if not role.posts:
            world.city.people[role.name] = organisations.create_person(name=role.name, **WHEN)
            world.city.accounts[role.name] = organisations.open_account(
                world.city.people[role.name], username=role.name, password=PASSWORD, **WHEN
            )
        for unit, post in role.posts[1:]:
            seat = organisations.create_post(world.city.units[unit], kind=post, **WHEN)
            organisations.appoint(seat, person=world.city.people[role.name], **WHEN)


def _sign_in(world: World) -> None:
    for role in ROLES:
        client = world.clients[role.name] = Browser()
        if role.is_staff:
            client.force_login(world.city.accounts[role.name])
    for n, role in enumerate(PUBLIC):
        if role.is_visitor:
            phone = world.cases[role.phone_of].secrets["phone"] if role.phone_of else f"1350000{n:04}"
            visitor = visitors.visitor_for(phone, actor=ACTOR, at=timezone.now())
            world.visitors[role.name] = visitor
            session = world.clients[role.name].session
            session.update({VISITOR_KEY: visitor.pk, UNTIL_KEY: timezone.now().timestamp() + LASTS})
            session.save()
            world.clients[role.name].cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    _claim(world)


def _claim(world: World) -> None:
    """One speaks for the enterprise, a colleague for them; another only asked to."""
    code, at = world.city.units["enterprise"].credit_code or "", timezone.now()
    powers = powers_of(world.city.accounts["管家甲"], timezone.localdate())
    owned = claims.ask_claim(world.visitors["企业负责人"], code, at=at)
    claims.settle_claim(owned, powers=powers, approve=True, at=at)
    phone = next(f"1350000{n:04}" for n, role in enumerate(PUBLIC) if role.name == "企业经办")
    claims.add_delegate(owned, phone=phone, name="企业经办", at=at)
    asked = claims.ask_claim(world.visitors["企业申请人"], code, at=at)
    world.numbers |= {"claim": asked.pk, "owned": owned.pk}


def _submit(world: World, story: Story) -> None:
    """A message sent through the page by somebody who keeps the receipt."""
    secrets = secrets_of(len(world.cases))
    submission = uuid.uuid5(uuid.NAMESPACE_OID, SUBMITTED)
    sent = {"stage": "send", "kind": "resident-message", "submission": str(submission)}
    said = {"detail": text_of(secrets), "name": secrets["name"], "phone": secrets["phone"]}
    client = world.clients["留言人"]
    answer = client.post("/submit/", {**sent, **said})
    assert answer.status_code == 302, answer.content.decode()
    story.keep(SUBMITTED, Case.objects.get(submission=submission), secrets)


def _follow(world: World) -> None:
    """Whoever has a code uses it; somebody tries a wrong one everywhere."""
    for role in PUBLIC:
        for key in role.follows:
            told = world.cases[key]
            answer = world.clients[role.name].post("/follow/", {"number": told.number, "code": told.code})
            assert answer.status_code == 302, key
    for told in world.cases.values():
        wrong = world.clients["错码人"].post("/follow/", {"number": told.number, "code": "AAAA2222"})
        assert wrong.status_code in {422, 429}


def _rate(world: World) -> None:
    """The closed message gets its rating."""
    told = world.cases["message"]
    answer = world.clients["留言人"].post(f"/follow/{told.number}/rate/", {"rate-grade": "satisfied"})
    assert answer.status_code == 302


def _import(world: World) -> None:
    """Two tables that the committee sent: one waits, of the other every row was refused and lies there to be fetched."""
    row = {**CASE, "标题": world.row_secret, "提出时间": "2026-02-30"}
    for key in ("waiting-import", "import"):
        client = world.clients[IMPORTER]
        with tempfile.TemporaryDirectory() as folder:
            table = workbook(Path(folder) / "来信.xlsx", [{**row, "编号": key}])
            file = SimpleUploadedFile(table.name, table.read_bytes())
        answer = client.post(reverse("imports"), {"kind": "cases", "file": file, "source": "来信"})
        assert answer.status_code == 302, answer.content.decode()
        world.tokens[key] = answer.headers["Location"].rstrip("/").rsplit("/", 1)[-1]
    client.post(reverse("import-preview", args=[world.tokens["import"]]), {"act": "import"})


def _told(world: World) -> None:
    """What a day's work leaves behind: a check drawn, a bulletin issued, somebody acting for another, messages."""
    at = timezone.localtime()
    rating = Judgement.objects.filter(subject_id=world.cases["message"].pk, given_at__isnull=False).get()
    noon = at.replace(hour=12, minute=0)  # nothing is drawn before the office opens, whenever this runs
    for day in range(1, 12):
        draw_due(noon + dt.timedelta(days=day), definitions.calendar())
        if Draw.objects.exists():
            break
    sequence()
    month = Period.parse(f"{at.replace(day=1) - dt.timedelta(days=1):%Y-%m}")
    bulletin = issue_bulletin(
        month, powers=powers_of(world.city.accounts["工委甲"], at.date()), actor=ACTOR, at=at
    )
    given = organisations.delegate(
        world.city.people["环境局长"],
        world.city.people["环境经办"],
        begins=at.date(),
        ends=at.date() + dt.timedelta(days=3),
        reason="出差",
        actor=ACTOR,
        at=at,
    )
    asked_about = Message.objects.filter(to_type="person", to_id=world.city.people["管家甲"].pk).latest("pk")
    check = Judgement.objects.filter(draw__isnull=False).get()
    world.checker = check.judge.name if check.judge else ""
    kept = save_filter(world.city.people["环境局长"], page="cases", name="在办", query="state=open")
    world.numbers |= {"rating": rating.pk, "bulletin": bulletin.round, "delegation": given.pk}
    world.numbers |= {"filter": kept.pk}
    world.numbers |= {"message": asked_about.pk, "check": check.pk, "draw": check.draw_id or 0}
    _lent(world, at)
    world.tokens |= {"month": bulletin.period, "link": link_token(world.cases[LINKED].pk, "follow", 1)}
    mine = world.city.accounts["环境局长"]
    device = UserSession.objects.create(user=mine, ip="10.0.0.0", session_key="elsewhere", user_agent="手机")
    linked = SocialAccount.objects.create(user=mine, provider="city", uid="1")
    world.numbers |= {"factor": with_totp(mine).pk, "device": device.pk, "linked": linked.pk}


def _registered(world: World) -> None:
    """An entry everybody sees part of, kept by one unit, and a line of a list the city fills."""
    plot = {"number": "G-01", "place": "中心区", "soil-class": "ready"}
    unit, now = world.city.units["zjj"], timezone.localtime()
    begun = begin_entry("plot", title="一号地块", values=plot, organisation=unit, actor=ACTOR, at=now)
    line = add_line("library-categories", title="组织生活", facts={}, actor=ACTOR, at=now)
    world.numbers |= {"entry": begun.entry.pk, "line": line.pk}


def _written(world: World) -> None:
    """A paper a unit is writing, and a notice that everybody may read and object to."""
    now = timezone.localtime()
    loaded = definitions.get("bulletin", "public-notice", now.date())
    given = {"organisation": world.city.units["zjj"], "actor": ACTOR, "at": now}
    for name in ("paper", "notice"):
        world.numbers[name] = draft(loaded, values={"opening": "事由。", "content": "名单。"}, **given).pk
    issued = Bulletin.objects.filter(pk=world.numbers["notice"])
    issued.update(state="issued", issued_at=now, until=now + dt.timedelta(7))


def _lent(world: World, at: dt.datetime) -> None:
    """What works outside the pages: a subscription with something delivered, and the address of a calendar."""
    given = {"url": "https://example.gov.cn/in", "kinds": ["case.noted"], "actor": ACTOR, "at": at}
    hook, _secret = hooks.make_hook(world.city.accounts["环境局长"], name="工单系统", **given)
    world.numbers["hook"] = hook.pk
    Story(world).note("环境经办", "request")
    sequence()
    assert push(at) == 1
    reader = world.city.accounts[LENDER]
    _token, secret = issue_token(reader, name="日历订阅", scopes=["calendar"], actor=ACTOR, at=at)
    world.tokens["feed"] = secret
    owner = world.city.accounts["环境局长"]
    key, _secret = issue_token(owner, name="工单系统", scopes=["cases.read"], actor=ACTOR, at=at)
    world.numbers["token"] = key.pk
