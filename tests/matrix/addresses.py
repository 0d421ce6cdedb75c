"""Every address of the product, and what its parameters are filled with.

A new address is found by itself. If one of its parameters means something the world has not, say here what to fill in:
`PROVIDERS` by the name of the parameter, or by (name of the address, parameter) where the same word means another thing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from ronghe.casework.queries.many import Together
from ronghe.core.procedure import steps_of
from ronghe.definitions import queries as definitions
from ronghe.organisations.models import Appointment
from ronghe.www.access import rule_of
from ronghe.www.administration.people_acts import ACTS as ON_PEOPLE
from ronghe.www.registry.views.acts import ACTS, OF_A_ROW
from ronghe.www.stats.programmes import programmes_on
from tests.matrix.world import Told, World


@dataclass(frozen=True)
class Address:
    """One pattern of the urlconf. `gate`: the name of the rule its view declares, empty when it declares none; `twin`: its
    view has an earlier address as well.
    """

    name: str
    route: str
    parameters: tuple[str, ...]
    gate: str
    view: str
    twin: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def of_a_case(self) -> bool:
        """Whether it names a case."""
        return self.name not in PROVIDED_OTHERWISE and bool({"number", "submission"} & set(self.parameters))


PROVIDED_OTHERWISE = frozenset({"bulletin-issued"})  # their number is not that of a case


@dataclass(frozen=True)
class Place:
    """An address filled in; `key`: the case it is about, if any; `absent`: the same for a case that never was."""

    address: Address
    path: str
    key: str = ""
    absent: str = ""


Provider = Callable[[World, "Told | None"], list[Any]]


def all_addresses() -> list[Address]:
    """The whole urlconf, in its order; the API's operations, which look at no session, are asked with keys elsewhere
    (tests/api/test_permissions.py).
    """
    found, views = [], set[str]()
    for address in _walk(get_resolver().url_patterns, ""):
        if address.gate == "TOKEN":
            continue
        found.append(replace(address, twin=address.view in views))
        views.add(address.view)
    return found


def _walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[Address]:
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, route)
        else:
            gate = getattr(rule_of(pattern.callback), "__name__", "")
            parameters = tuple(name for name in pattern.pattern.converters)
            view = f"{pattern.callback.__module__}.{pattern.callback.__qualname__}:{id(pattern.callback)}"
            yield Address(pattern.name or "", route, parameters, gate, view)


def _step(world: World, told: Told | None) -> list[int]:
    if told is None:
        return [1]
    steps = world.case(told.key).steps.order_by("done_at", "-no")
    numbers = list(steps.filter(done_at=None).values_list("no", flat=True)) or [1]
    return [int(numbers[0])]


def _outcome(world: World, told: Told | None) -> list[str]:
    if told is None:
        return ["accept"]
    case = world.case(told.key)
    row = case.steps.filter(done_at=None).order_by("no").first()
    flow = definitions.by_edition(case.edition_id).body.flow
    for placed in steps_of(flow):
        if row is not None and placed.step.code == row.code and placed.step.outcomes:
            return list(placed.step.outcomes)[:2]
    return ["accept"]


def _number(key: str) -> Provider:
    return lambda world, _told: [world.numbers[key]]


def _token(key: str) -> Provider:
    return lambda world, _told: [world.tokens[key]]


def _unit(*codes: str) -> Provider:
    return lambda world, _told: [world.city.units[code].pk for code in codes]


def _person(*names: str) -> Provider:
    return lambda world, _told: [world.city.people[name].pk for name in names]


REGISTERS = ("register", "register-new", "register-table", "public-register", "public-entry")
LISTS = ("register-list", "register-list-table", "register-line", "register-line-end")
ENTRIES = (
    "public-entry",
    "register-entry",
    *(
        f"register-entry-{act}"
        for act in ("change", "confirm", "end", "figure", "file", "relate", "unrelate")
    ),
)
PAPER_ACTS = ("", "-edit", "-sign", "-return", "-withdraw", "-docx", "-pdf", "-pdf-state")
PROVIDERS: Mapping[str | tuple[str, str], Provider] = {
    "number": lambda _world, told: [told.number] if told else [],
    "submission": lambda _world, told: [told.submission] if told else [],
    ("follow-link", "code"): lambda _world, _told: ["AAAA2222"],
    ("programme", "code"): lambda _world, _told: [
        one.code for one in programmes_on(timezone.localdate())[:1]
    ],
    ("duty", "code"): lambda _world, _told: ["three-meetings"],
    ("duty-confirm", "code"): lambda _world, _told: ["three-meetings"],
    ("duties-excuse-end", "pk"): lambda _world, _told: [1],
    ("public-answer", "pk"): lambda world, _told: [world.case(key).pk for key in world.cases],
    ("public-unit", "code"): lambda _world, _told: ["zjj", "sthjj"],
    "no": lambda _world, told: [told.requesters_file, told.units_file] if told else [1],
    "step": _step,
    "outcome": _outcome,
    "procedure": lambda _world, _told: ["resident-message", "petition"],
    "act": lambda _world, _told: list(Together),
    "what": lambda _world, _told: ["refused"],
    "which": lambda world, _told: [_seat(world).pk],
    ("admin-letter", "pk"): lambda _world, _told: [1],
    ("admin-chore-take", "code"): lambda _world, _told: ["deliver"],
    "year": lambda _world, _told: [2026],
    "kind": lambda _world, _told: ["procedure"],
    ("admin-definition", "code"): lambda _world, _told: ["enterprise-request"],
    ("admin-definition-try", "code"): lambda _world, _told: ["enterprise-request"],
    ("admin-definition-move", "code"): lambda _world, _told: ["enterprise-request"],
    ("admin-hours-moved", "pk"): lambda _world, _told: [1],
    ("admin-hours-moved-file", "pk"): lambda _world, _told: [1],
    ("admin-printout", "pk"): lambda _world, _told: [1],
    ("admin-proposal", "pk"): lambda _world, _told: [1],
    ("admin-proposal-try", "pk"): lambda _world, _told: [1],
    ("admin-proposal-drop", "pk"): lambda _world, _told: [1],
    ("decide", "pk"): _unit("zjj"),
    ("members-branch", "pk"): _unit("zjj"),
    ("members-in", "pk"): _unit("zjj"),
    ("members-out", "pk"): lambda world, _told: [_seat(world).pk],
    ("burden-unit", "pk"): _unit("zjj", "sthjj"),
    ("burden-records", "pk"): _unit("zjj", "sthjj"),
    ("burden-definition", "kind"): lambda _world, _told: ["procedure"],
    ("burden-definition", "code"): lambda _world, _told: ["resident-message"],
    ("post-duties", "pk"): _unit("zjj"),
    ("post-duties", "which"): lambda world, _told: [_seat(world).post_id],
    ("organisation", "pk"): _unit("zjj", "fwz1"),
    ("organisation-act", "pk"): _unit("zjj"),
    ("organisation-row-act", "pk"): _unit("zjj"),
    ("enterprise", "pk"): _unit("enterprise"),
    ("organisation-act", "name"): lambda _world, _told: [name for name in ACTS if name not in OF_A_ROW],
    ("organisation-row-act", "name"): lambda _world, _told: ["leave", "hand-over"],
    ("admin-unit-history", "pk"): _unit("zjj"),
    ("admin-person", "pk"): _person("住建经办"),
    ("admin-person-history", "pk"): _person("住建经办"),
    ("admin-person-act", "pk"): _person("住建经办"),
    ("admin-person-act", "name"): lambda _world, _told: list(ON_PEOPLE),
    ("import-template", "kind"): lambda _world, _told: ["cases", "activities"],
    ("import-preview", "token"): _token("waiting-import"),
    ("import-result", "token"): _token("import"),
    ("import-download", "token"): _token("import"),
    ("link", "token"): _token("link"),
    ("bulletin-issued", "period"): _token("month"),
    ("bulletin-issued", "number"): _number("bulletin"),
    ("api-nothing", "rest"): lambda _world, _told: ["v1/nothing"],
    ("token-end", "pk"): _number("token"),
    ("claim", "pk"): _number("claim"),
    ("my-delegate", "pk"): _number("owned"),
    ("my-device-end", "pk"): lambda _world, _told: [1],
    ("my-enterprise-end", "pk"): _number("owned"),
    ("delegation-end", "pk"): _number("delegation"),
    ("filter-rename", "pk"): _number("filter"),
    ("filter-remove", "pk"): _number("filter"),
    ("inbox-message", "pk"): _number("message"),
    ("message-reach", "channel"): lambda _world, _told: ["sms"],
    ("my-message-reach", "channel"): lambda _world, _told: ["mail"],
    ("hook", "pk"): _number("hook"),
    ("hook-change", "pk"): _number("hook"),
    ("calendar-feed", "secret"): _token("feed"),
    ("factor", "pk"): _number("factor"),
    ("device-end", "pk"): _number("device"),
    ("provider-unlink", "pk"): _number("linked"),
    "provider": lambda _world, _told: ["city"],
    ("check", "pk"): _number("check"),
    ("review", "pk"): lambda _world, _told: [1],
    ("review-file", "pk"): lambda _world, _told: [1],
    ("review-file", "no"): lambda _world, _told: [1],
    ("register-entry-file", "no"): lambda _world, _told: [1],
    ("review-recuse", "pk"): lambda _world, _told: [1],
    ("panel", "pk"): lambda _world, _told: [1],
    ("panel-close", "pk"): lambda _world, _told: [1],
    **dict.fromkeys(
        [
            ("activity", "pk"),
            ("activity-record", "pk"),
            ("activity-cancel", "pk"),
            ("activity-follow", "pk"),
            ("activity-photo", "pk"),
            ("activity-photo-remove", "pk"),
        ],
        lambda _world, _told: [1],
    ),
    ("activity-photo", "no"): lambda _world, _told: [1],
    ("activity-photo-remove", "no"): lambda _world, _told: [1],
    ("activity-new", "code"): lambda _world, _told: ["visit", "members-meeting"],
    ("unit-figures", "pk"): _unit("sthjj", "zjj"),
    ("register-entry-unrelate", "tie"): lambda _world, _told: [1],
    ("checks-draw", "pk"): _number("draw"),
    ("checks-rating", "pk"): _number("rating"),
    ("checks-appeal", "pk"): _number("rating"),
    ("checks-settle", "pk"): _number("rating"),
    **{(f"paper{act}", "pk"): _number("paper") for act in PAPER_ACTS},
    ("public-notice", "pk"): _number("notice"),
    ("notice-comment", "pk"): _number("notice"),
    **{(name, "code"): lambda _world, _told: ["plot"] for name in REGISTERS},
    **{(name, "code"): lambda _world, _told: ["library-categories"] for name in LISTS},
    **{(name, "pk"): _number("entry") for name in ENTRIES},
    **{(name, "pk"): _number("line") for name in LISTS if name.startswith("register-line")},
}
# Addresses about a case by the number of something else: which case that is.
ABOUT: Mapping[str, str] = dict.fromkeys(("checks-rating", "checks-appeal", "checks-settle"), "message")
# What an address is asked beside its path: the cases chosen in a list, those one may not see among them.
CHOSEN: Mapping[str, str] = {"bulk": "pick", "supervision-urge": "pick"}


def _seat(world: World) -> Appointment:
    person = world.city.people["住建局长"]
    found = person.appointments.filter(ends=None).first()
    assert found is not None
    return found


def lacking(address: Address) -> list[str]:
    """The parameters nobody says how to fill."""
    return [name for name in address.parameters if _provider(address, name) is None]


def _provider(address: Address, name: str) -> Provider | None:
    return PROVIDERS.get((address.name, name)) or PROVIDERS.get(name)


def places(address: Address, world: World) -> list[Place]:
    """The address for every case of the world, or once for each of its other arguments."""
    if address.name in ABOUT:
        return [_about(place, address) for place in _filled(address, world, None)]
    if address.of_a_case:
        return [place for told in world.cases.values() for place in _filled(address, world, told)]
    return list(_filled(address, world, None))


def _about(place: Place, address: Address) -> Place:
    absent = re.sub(r"\d+", lambda found: str(int(found[0]) + 10**6), place.path)
    return Place(address, place.path, ABOUT[address.name], absent)


def _filled(address: Address, world: World, told: Told | None) -> Iterator[Place]:
    values = []
    for name in address.parameters:
        provider = _provider(address, name)
        values.append(provider(world, told) if provider else [])
    for chosen in itertools.product(*values):
        given = dict(zip(address.parameters, chosen, strict=True))
        absent = {name: told.absent if name == "number" and told else value for name, value in given.items()}
        yield Place(
            address,
            _reverse(address, given),
            told.key if told else "",
            _reverse(address, absent) if told and "number" in given else "",
        )


def _reverse(address: Address, given: Mapping[str, Any]) -> str:
    try:
        return reverse(address.name, kwargs=dict(given))
    except NoReverseMatch:
        return reverse(address.name, args=list(given.values()))
