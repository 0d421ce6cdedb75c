"""Every page of the demonstration city as each kind of user: processor time and statements, beside a bare desk page.

Each address is asked once to warm it, then ROUNDS times; the median counts. Beyond a page's bound the exit is non-zero.
Run: [RONGHE_DATA_DIR=a city made by `ronghe init` and `ronghe demo`] python bench/pages.py [--only NAME] [--as USER]
"""

from __future__ import annotations

import argparse
import itertools
import logging
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from django.test import Client

ROUNDS = 5
MOST = 150  # milliseconds of one processor for one page
DESKS = ("handler", "head", "triage", "committee", "inspector", "steward", "window", "petition")
OF_A_CASE = {"case-preview", "case-similar"}  # what else is below a case's address shows its page
FOUND, FAILED, SHOWN = 200, 500, 40


@dataclass(frozen=True)
class Page:
    """One page as one user: milliseconds, those of a bare page asked in turn with it, statements and bytes."""

    name: str
    user: str
    cost: float
    bare: float
    statements: int
    size: int


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--only", default="", help="the names of addresses that hold this word")
    options.add_argument("--as", dest="user", default="", help="one user")
    options.add_argument("--all", action="store_true", help="every page, not the slowest only")
    options.add_argument("--twice", action="store_true", help="name pages that ask one statement many times")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        built = os.environ.setdefault("RONGHE_DATA_DIR", folder) != folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "ronghe.settings"
        os.environ["RONGHE_ALLOWED_HOSTS"] = "testserver"
        import django  # noqa: PLC0415 – after the settings are named

        django.setup()
        logging.disable()  # being turned away is expected
        if not built or not (Path(os.environ["RONGHE_DATA_DIR"]) / "demo").exists():
            found_city()
        return measure(asked)


def found_city() -> None:
    from django.core.management import call_command  # noqa: PLC0415

    call_command("init", verbosity=0)
    call_command("demo", "--seed", "1")


def measure(asked: argparse.Namespace) -> int:
    add_bare_page()
    pages: list[Page] = []
    for user, client in clients():
        if not asked.user or asked.user == user:
            bare = weigh(client, "bare", user, "/bare/")
            assert bare is not None
            pages.append(bare)
            pages += walk(client, user, asked)
    print_table(pages, whole=asked.all)
    beyond = [page for page in pages if page.cost > MOST]
    print(f"{len(pages)} pages, {len(beyond)} beyond {MOST} ms")
    return 1 if beyond else 0


def add_bare_page() -> None:
    """The layout of a desk with nothing in it: what every page of it costs."""
    from django.shortcuts import render  # noqa: PLC0415
    from django.urls import path  # noqa: PLC0415

    from ronghe.www import urls  # noqa: PLC0415
    from ronghe.www.access import PUBLIC, rule  # noqa: PLC0415

    @rule(PUBLIC)
    def bare(request: HttpRequest) -> HttpResponse:
        return render(request, "layout/desk.html")

    urls.urlpatterns.append(path("bare/", bare, name="bare"))


def clients() -> Iterator[tuple[str, Client]]:
    """Everybody who asks, signed in as they are."""
    from django.test import Client  # noqa: PLC0415

    from ronghe.organisations.models import Account  # noqa: PLC0415

    for name in DESKS:
        client = Client(raise_request_exception=False)
        client.force_login(Account.objects.get(username=f"demo-{name}"))
        yield name, client
    yield "visitor", visiting()
    yield "stranger", following()


def visiting() -> Client:
    """Somebody who speaks for the enterprise with the most cases, and had one themselves."""
    from django.db.models import Count  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from ronghe.casework.models import Case  # noqa: PLC0415
    from ronghe.organisations.models import Claim, Visitor  # noqa: PLC0415
    from ronghe.www.visitor.session import UNTIL_KEY, VISITOR_KEY  # noqa: PLC0415

    now = timezone.now()
    most = Case.objects.exclude(about=None).values("about").annotate(cases=Count("pk")).order_by("-cases")[0]
    own = Case.objects.filter(about=most["about"]).exclude(identity=None).order_by("-pk")[0]
    visitor, _ = Visitor.objects.get_or_create(identity=own.identity, defaults={"began_at": now})
    claim = {"state": Claim.State.VERIFIED, "defaults": {"asked_at": now, "settled_at": now}}
    Claim.objects.get_or_create(visitor=visitor, enterprise_id=most["about"], **claim)
    client = Client(raise_request_exception=False)
    session = client.session
    session[VISITOR_KEY], session[UNTIL_KEY] = visitor.pk, now.timestamp() + 3600
    session["followed"] = {own.number: own.pk}
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def following() -> Client:
    """Somebody with the number and the code of one open case."""
    from django.test import Client  # noqa: PLC0415

    from ronghe.casework.models import Case  # noqa: PLC0415

    own = Case.objects.filter(state="open").order_by("-pk")[0]
    client = Client(raise_request_exception=False)
    session = client.session
    session["followed"] = {own.number: own.pk}
    session.save()
    client.cookies["sessionid"] = session.session_key
    return client


def walk(client: Client, user: str, asked: argparse.Namespace) -> Iterator[Page]:
    """Every address that gives this user a page; those open to everybody only as somebody of the public."""
    from django.urls import NoReverseMatch, reverse  # noqa: PLC0415

    given = arguments(client, user)
    for name, parameters, is_public in addresses():
        is_more = name.startswith("case-") and name not in OF_A_CASE
        if asked.only not in name or is_more or (is_public and user in DESKS):
            continue
        values = [given.get((name, parameter), given.get(parameter, [])) for parameter in parameters]
        for number, chosen in enumerate(itertools.product(*values)):
            try:
                path = reverse(name, kwargs=dict(zip(parameters, chosen, strict=True)))
            except NoReverseMatch:
                continue
            page = weigh(client, f"{name} {number + 1}" if number else name, user, path, twice=asked.twice)
            if page is not None:
                yield page


def addresses() -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Name and parameters of every address, and whether everybody may ask it."""
    from django.urls import URLResolver, get_resolver  # noqa: PLC0415

    from ronghe.www.access import PUBLIC, rule_of  # noqa: PLC0415

    waiting = list(get_resolver().url_patterns)
    while waiting:
        found = waiting.pop(0)
        if isinstance(found, URLResolver):
            waiting = [*found.url_patterns, *waiting]
        elif found.name:
            yield found.name, tuple(found.pattern.converters), rule_of(found.callback) is PUBLIC


def arguments(client: Client, user: str) -> dict[str | tuple[str, str], list[Any]]:
    """What the parameters of addresses are filled with for this user. Another page needs its line here."""
    from ronghe.casework.models import Case  # noqa: PLC0415
    from ronghe.casework.queries.links import link_token  # noqa: PLC0415
    from ronghe.judgements.models import Draw, Judgement  # noqa: PLC0415
    from ronghe.organisations.models import Account, Organisation  # noqa: PLC0415

    cases = Case.objects.filter(number__in=client.session.get("followed", {}))
    if user in DESKS:
        cases = Case.objects.visible_to(Account.objects.get(username=f"demo-{user}"))
    shown = [*cases.filter(state="open").order_by("pk")[:1], *cases.filter(state="closed").order_by("pk")[:1]]
    units = Organisation.objects.filter(code__in=("sthjj", "szgw")).order_by("code")
    of_cases = Judgement.objects.filter(subject_id__in=cases.order_by().values("pk")).order_by("-pk")
    firm = Organisation.objects.filter(kind="enterprise").order_by("pk")
    return {
        "number": [case.number for case in shown],
        "submission": [case.submission for case in shown if case.submission],
        "act": ["accept", "assign", "reply"],
        "procedure": ["resident-message", "petition", "enterprise-request"],
        "token": [
            link_token(case.pk, purpose, case.round) for case in shown for purpose in ("follow", "rate")
        ],
        "code": ["sthjj"],
        "period": ["2026-10"],
        ("public-answer", "pk"): first_answer(client),
        ("organisation", "pk"): [unit.pk for unit in units],
        ("enterprise", "pk"): [firm[0].pk],
        ("check", "pk"): of_cases.filter(draw__isnull=False, given_at=None).values_list("pk", flat=True)[:1],
        ("checks-draw", "pk"): list(Draw.objects.order_by("-pk").values_list("pk", flat=True)[:1]),
        ("checks-rating", "pk"): of_cases.filter(draw=None, given_at__isnull=False).values_list(
            "pk", flat=True
        )[:1],
    }


def first_answer(client: Client) -> list[str]:
    """The first answer of the list that everybody may read."""
    from django.urls import reverse  # noqa: PLC0415

    listed = reverse("public-answers")
    return re.findall(rf'href="{listed}([^/"?]+)/"', client.get(listed).content.decode())[:1]


def weigh(client: Client, name: str, user: str, path: str, *, twice: bool = False) -> Page | None:
    """The page; None where this user is given none."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    if answer.status_code != FOUND or answer.streaming:
        if answer.status_code >= FAILED:
            print(f"{name} as {user}: {answer.status_code}")
        return None
    with CaptureQueriesContext(connection) as captured:
        client.get(path)
    statements = [one["sql"] for one in captured.captured_queries]
    if twice:
        tell_repeats(name, user, statements)
    costs, bare = [], []
    for _ in range(ROUNDS):
        bare.append(milliseconds(client, "/bare/"))
        costs.append(milliseconds(client, path))
    return Page(name, user, median(costs), median(bare), len(statements), len(answer.content))


def milliseconds(client: Client, path: str) -> float:
    """Processor time of one answer."""
    began = time.process_time()
    client.get(path)
    return (time.process_time() - began) * 1000


def tell_repeats(name: str, user: str, statements: list[str]) -> None:
    """Statements that differ in nothing but their numbers and words: likely one for each row."""
    shapes = [re.sub(r"'[^']*'|\d+", "?", one) for one in statements]
    for shape in sorted(set(shapes)):
        if shapes.count(shape) > 3:
            print(f"{name} as {user}: {shapes.count(shape)} times {shape[:160]}")


def print_table(pages: list[Page], *, whole: bool) -> None:
    """The slowest first; the ratio is to the bare page asked in turn with it."""
    print(f"{'page':28} {'user':10} {'ms':>7} {'× bare':>7} {'statements':>10} {'KB':>6}")
    ordered = sorted(pages, key=lambda page: -page.cost)
    for page in ordered if whole else ordered[:SHOWN]:
        print(
            f"{page.name:28} {page.user:10} {page.cost:7.0f} {page.cost / page.bare:7.1f}"
            f" {page.statements:10} {page.size / 1024:6.0f}"
        )


if __name__ == "__main__":
    sys.exit(main())
