"""The examination of one address: asked as every role, about every case, and judged by the rules of `knowledge`.

1. The gate: whom the view's declared rule does not let in is sent to sign in, or refused (403).
2. Hidden is absent: a case one may not see answers exactly as a number that never was.
3. No word of a case is told to whoever may not know it: not in body, header or file, unpacked.
4. No interference: a page is the same when the cases hidden from its reader do not exist: lists, counts, sorts, pages.
5. A search for what one may not know finds what a search for nonsense finds.
6. Nobody writes to a case they do not see; whoever sees and does not answer it writes only what `ACTED_ON_BY` names.

A quick run asks of each address and role about some of the cases, in turn; HYPOTHESIS_PROFILE=full about every kind.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.db import transaction

from ronghe.casework.models import Case
from tests.matrix.addresses import CHOSEN, Address, Place, all_addresses, lacking, places
from tests.matrix.asking import Answer, Form, ask, forms_on, links_on
from tests.matrix.expectations import (
    ABSENT_OTHERWISE,
    ACTED_ON_BY,
    BEARER,
    EMPTY,
    LENT,
    MET,
    NOT_POSTED,
    OWNED,
    PUBLISHED,
    REVEALING,
)
from tests.matrix.knowledge import CONTACT, GATES, TOLD_TO_REQUESTER, Knowledge
from tests.matrix.roles import IMPORTER, ROLES, Role
from tests.matrix.world import World

NONSENSE = "查无此词无此人"
COMMON = "暗记题"
IS_FULL = os.environ.get("HYPOTHESIS_PROFILE") == "full"
FEW = frozenset({"住建局长", "过路人"})  # who tries the filters of pages on which no case is told
MOST_LINKS, MOST_OPTIONS, MOST_CASES = (12, 3, 99) if IS_FULL else (3, 1, 1)
ALIVE = frozenset({200, 204, 301, 302, 303, 400, 409, 413, 422})
Asked = Iterator[tuple[Answer, list[str]]]


class Examiner:
    """Examines the addresses of one world; `only`: those whose name begins so."""

    def __init__(self, world: World, only: str = "") -> None:
        self.world = world
        self.knowledge = Knowledge(world)
        self.bodies: dict[str, dict[str, Any]] = {}
        self.searches: dict[str, Form] = {}
        self.bases: dict[tuple[str, str], Answer] = {}
        self.never: dict[tuple[str, str, str], Answer] = {}
        self.posts: dict[str, tuple[Role, Place, Answer]] = {}
        self.tells: dict[str, bool] = {}
        for address in all_addresses():
            if address.name.startswith(only) and not lacking(address) and address.gate in GATES:
                self._harvest(address)

    def _harvest(self, address: Address) -> None:
        """Ask every page once, and keep its forms: what they send is then tried by all others."""
        all_places = places(address, self.world)
        for role in self._asking(address):
            for place in self._chosen(role, all_places):
                if self._met(role, place) and self.knowledge.passes(role, address.gate):
                    self._harvest_place(role, place)

    def _harvest_place(self, role: Role, place: Place) -> None:
        if place.path in self.bodies or (place.key and place.address.twin and not IS_FULL):
            return  # an act: the page it stands on was asked before
        base = self.bases[role.name, place.path] = self._ask(role, place, "get")
        pages = [base, *(self._again(role, place, asked) for asked in self._picked(place))]
        for answer in pages:
            if answer.status == 200 and answer.body.lstrip().startswith(b"<"):
                self._keep(place, answer)

    def _keep(self, place: Place, answer: Answer) -> None:
        for form in forms_on(answer, place.path):
            action = urlsplit(form.action).path
            if form.method == "post":
                self.bodies.setdefault(action, {}).update(form.fields)
            else:
                self.searches.setdefault(action, form)
        if place.address.name in CHOSEN:
            self.bodies.setdefault(place.path, {})[CHOSEN[place.address.name]] = self._all_picks()

    def _all_picks(self) -> list[str]:
        return [f"{told.number}:{self.world.case(key).revision}" for key, told in self.world.cases.items()]

    def _picked(self, place: Place) -> list[str]:
        """A page about chosen cases, asked about all there are."""
        name = CHOSEN.get(place.address.name)
        return [f"{place.path}?{urlencode([(name, pick) for pick in self._all_picks()])}"] if name else []

    def _asking(self, address: Address) -> Sequence[Role]:
        """Everybody; to a page for the public all staff are strangers alike."""
        if address.gate == "PUBLIC":
            return [role for role in ROLES if not role.is_staff or role.name in FEW]
        return ROLES

    def _profile(self, role: Role, place: Place) -> tuple[object, ...]:
        """What a case is to a role; of several cases alike one is asked about."""
        is_met = self._met(role, place)
        return is_met, *(self.knowledge.profile(role, place.key) if place.key else (place.path,))

    def _chosen(self, role: Role, all_places: list[Place]) -> list[Place]:
        """One place of each profile, another one for each role and address, so that all have their turn."""
        if not all_places or not all_places[0].key:
            return all_places
        turn = ROLES.index(role) + sum(map(ord, all_places[0].address.name))
        alike: dict[tuple[object, ...], list[Place]] = {}
        for place in all_places:
            alike.setdefault(self._profile(role, place), []).append(place)
        met = [many for profile, many in alike.items() if profile[0]]
        mine = [many for profile, many in alike.items() if not profile[0] and profile[1] is True]
        hidden = [many for profile, many in alike.items() if not profile[0] and profile[1] is not True]
        return [
            many[turn % len(many)]
            for group in (met, mine, hidden)
            for many in (group[turn % len(group) :] + group[: turn % len(group)] if group else [])[
                :MOST_CASES
            ]
        ]

    def _met(self, role: Role, place: Place) -> bool:
        """Whether what the address names exists for a role."""
        name = place.address.name
        if name in OWNED:
            return OWNED[name](self.knowledge, role)
        if not place.key:
            return True
        if name in MET:
            return MET[name](role, place.key)
        if place.address.gate == "PUBLIC":
            return self.knowledge.has_asked(role, place.key)
        return self.knowledge.sees(role, place.key)

    def problems(self, address: Address) -> list[str]:
        """All that is wrong with an address, in sentences."""
        if not address.gate:
            return ["its view declares no rule: add @rule(…)"]
        if address.gate not in GATES:
            return [f"rule {address.gate} is unknown: say in knowledge.GATES whom it lets in"]
        if missing := lacking(address):
            return [f"parameter {name} has no provider: add one to addresses.PROVIDERS" for name in missing]
        found, statuses = [], set[int]()
        all_places = places(address, self.world)
        for role in self._asking(address):
            for place in self._chosen(role, all_places):
                for answer, problem in self._asked(role, place):
                    statuses.add(answer.status)
                    found += [f"{role}: {line}" for line in problem]
        if not statuses & ALIVE and address.name not in EMPTY:
            found.append(f"nobody gets anything from it ({sorted(statuses)}): fill in better arguments")
        return list(dict.fromkeys(found))

    def _asked(self, role: Role, place: Place) -> Asked:
        if not self.knowledge.passes(role, place.address.gate):
            yield from self._refused(role, place)
        elif not self._met(role, place):
            yield from self._absent(role, place)
        else:
            yield from self._shown(role, place)
            yield from self._posted(role, place)

    def _refused(self, role: Role, place: Place) -> Asked:
        to = "/my/sign-in/" if place.address.gate == "VISITOR" else "/sign-in/"
        signs_in = place.address.gate == "VISITOR" or not role.is_staff
        for method in ("get", "post"):
            answer = self._ask(role, place, method)
            wanted = (answer.status, answer.to[: len(to)]) == (302, to) if signs_in else answer.status == 403
            said = [] if wanted else [f"{method} {place.path} is not refused but {answer.status}"]
            yield answer, [*said, *self._unwritten(place, answer), *self.leaks(role, answer, place)]

    def _absent(self, role: Role, place: Place) -> Asked:
        methods = ["get", "post"] if self._takes_posts(role, place) else ["get"]
        methods += ["hx"] if place.address.name in ABSENT_OTHERWISE else []
        for method in methods:
            answer = self._ask(role, place, method)
            said = [*self._unwritten(place, answer), *self.leaks(role, answer, place)]
            if place.absent:
                never = self._never(role, place, method)
                if self._as_absent(answer, place) != (never.status, never.plain, never.to):
                    said.append(f"{method} {place.path} differs from a number that never was")
            wanted = {405, 404, ABSENT_OTHERWISE.get(place.address.name)}
            if place.address.gate != "PUBLIC" and answer.status not in wanted:
                said.append(f"{method} {place.path} of what is hidden is {answer.status}, not 404")
            yield answer, said

    def _as_absent(self, answer: Answer, place: Place) -> tuple[int, bytes, str]:
        """The answer with what was asked for exchanged for what never was."""
        told = self.world.cases[place.key]
        body, to = answer.plain, answer.to
        for asked, never in ((place.path, place.absent), (told.number, told.absent)):
            body, to = body.replace(asked.encode(), never.encode()), to.replace(asked, never)
        return answer.status, body, to

    def _never(self, role: Role, place: Place, method: str) -> Answer:
        """What a number that never was is answered with, asked once."""
        key = (role.name, place.absent, method)
        if key not in self.never:
            self.never[key] = self._ask(role, place, method, absent=True)
        return self.never[key]

    def _takes_posts(self, role: Role, place: Place) -> bool:
        """Whether the address does anything with a POST; asked once, of the first whom its rule lets in."""
        name = place.address.name
        if name not in self.posts:
            self.posts[name] = role, place, self._ask(role, place, "post")
        return self.posts[name][2].status != 405

    def _unwritten(self, place: Place, answer: Answer) -> list[str]:
        return [f"post {place.path} writes"] if answer.has_written else []

    def _shown(self, role: Role, place: Place) -> Asked:
        is_act = bool(place.key) and (place.path in self.bodies or place.address.twin)
        if is_act and not (IS_FULL or self._is_turn(role, place)):
            return  # the page this act stands on is an address of its own
        base = self.bases.get((role.name, place.path)) or self._ask(role, place, "get")
        yield base, self.leaks(role, base, place)
        if base.status == 405 or is_act:
            return
        answers = [("", base)]
        if base.has_part:  # what never looks whether HTMX asks is the same for it
            hx = self._ask(role, place, "hx")
            yield hx, self.leaks(role, hx, place)
            answers.append(("hx", hx))
        if place.key or base.status != 200:
            return
        if place.address.name not in PUBLISHED:
            yield base, self._interference(role, place, answers)
        if self._is_worth_turning(role, place, base):
            yield from self._turned(role, place, base)

    def _is_turn(self, role: Role, place: Place) -> bool:
        """Every fourth role, another one for each address."""
        return (ROLES.index(role) + sum(map(ord, place.address.name))) % 4 == 0

    def _is_worth_turning(self, role: Role, place: Place, base: Answer) -> bool:
        """Whether to ask for its filters and searches too: one role of all who see the same cases; few, where none is told."""
        name = place.address.name
        numbers = [told.number for told in self.world.cases.values()]
        self.tells[name] = (
            self.tells.get(name, False) or name in CHOSEN or any(one in base.text for one in numbers)
        )
        hidden = self.knowledge.hidden(role)
        alike = [other for other in ROLES if self.knowledge.hidden(other) == hidden]
        passing = [other for other in alike if self.knowledge.passes(other, place.address.gate)]
        if role != passing[0] or not (self.tells[name] or role.name in FEW):
            return False
        return IS_FULL or role.name in FEW or (ROLES.index(role) + sum(map(ord, name))) % 2 == 0

    def _turned(self, role: Role, place: Place, base: Answer) -> Asked:
        is_all_seen = not self.knowledge.hidden(role)
        variants = [] if is_all_seen and not IS_FULL else self._variants(place, base)
        answers = [(asked, self._again(role, place, asked)) for asked in variants]
        for asked, answer in answers:
            yield answer, self.leaks(role, answer, place, asked)
        if place.address.name not in PUBLISHED and self.tells[place.address.name]:
            yield base, self._interference(role, place, answers)
        yield from self._searched(role, place)

    def _variants(self, place: Place, base: Answer) -> list[str]:
        """The page filtered, sorted, searched and turned, as its own forms and links offer it."""
        path = place.path
        asked = [f"{path}?page=2", *self._picked(place)]
        form = self.searches.get(path)
        if form is not None:
            for name, many in form.choices.items():
                asked += [f"{path}?{urlencode({name: one})}" for one in many if one][:MOST_OPTIONS]
            asked += [f"{path}?{urlencode({name: COMMON})}" for name in form.searches]
        by_names: dict[tuple[str, ...], str] = {}
        for link in links_on(base):
            where, _, query = link.partition("?")
            if query and where in {"", path}:
                names = tuple(sorted(pair.split("=")[0] for pair in query.split("&")))
                by_names.setdefault(names, f"{path}?{query}")
        return list(dict.fromkeys([*asked, *list(by_names.values())[:MOST_LINKS]]))

    def _interference(self, role: Role, place: Place, answers: list[tuple[str, Answer]]) -> list[str]:
        """`answers` by what was asked: nothing (the place itself), `hx`, or an address."""
        if not self.knowledge.hidden(role):
            return []
        with self._without_hidden(role):
            others = [self._again(role, place, asked) for asked, _answer in answers]
        return [
            f"{asked or place.path} depends on cases hidden from its reader"
            for (asked, answer), other in zip(answers, others, strict=True)
            # Asked once more, because a clock on the page may have moved on meanwhile.
            if other.plain != answer.plain and other.plain != self._again(role, place, asked).plain
        ]

    def _again(self, role: Role, place: Place, asked: str) -> Answer:
        if asked.startswith("/"):
            return ask(self.world.clients[role.name], asked)
        return self._ask(role, place, asked or "get")

    @contextlib.contextmanager
    def _without_hidden(self, role: Role) -> Iterator[None]:
        with transaction.atomic():
            gone = [told.pk for told in self.knowledge.hidden(role)]
            Case.objects.filter(pk__in=gone).delete()
            yield
            transaction.set_rollback(True)

    def _searched(self, role: Role, place: Place) -> Asked:
        """Searches for who asked, by whoever may not know who asked."""
        form = self.searches.get(place.path)
        for name in form.searches if form else ():
            nothing = self._again(role, place, f"{place.path}?{urlencode({name: NONSENSE})}")
            for secret in self._unknown(role):
                asked = f"{place.path}?{urlencode({name: secret})}"
                answer = self._again(role, place, asked)
                said = self.leaks(role, answer, place, asked)
                if _blanked(answer, secret) != _blanked(nothing, NONSENSE):
                    said.append(f"{asked} finds what nonsense does not")
                yield answer, said

    def _unknown(self, role: Role) -> list[str]:
        """A name and a phone of a case that is seen, and of one that is hidden, where the role may know neither."""
        chosen: dict[tuple[bool, str], str] = {}
        for key, told in self.world.cases.items():
            for kind in ("name", "phone"):
                if kind in told.secrets and not self.knowledge.knows(role, key, kind):
                    chosen.setdefault((self.knowledge.meets(role, key), kind), told.secrets[kind])
        return list(chosen.values())

    def _posted(self, role: Role, place: Place) -> Asked:
        name = place.address.name
        if (name, role.name) in NOT_POSTED or not self._takes_posts(role, place):
            return
        *first, answer = self.posts[name]
        if first != [role, place]:
            answer = self._ask(role, place, "post")
        said = []
        for key, told in self.world.cases.items():
            if told.pk in answer.changed and not self._may_act(role, place, key):
                said.append(f"post {place.path} writes to {key}, which others answer")
        yield answer, [*said, *self.leaks(role, answer, place)]

    def _may_act(self, role: Role, place: Place, key: str) -> bool:
        knowledge = self.knowledge
        if (
            key in {*role.follows, *role.represents}
            or knowledge.works(role, key)
            or knowledge.holds(role, key)
        ):
            return True
        return knowledge.may_by(role, key, ACTED_ON_BY.get(place.address.name, frozenset()))

    def _ask(self, role: Role, place: Place, method: str, *, absent: bool = False) -> Answer:
        """`hx` is a GET as HTMX asks it; a POST sends what the page's own form would."""
        path, client = place.absent if absent else place.path, self.world.clients[role.name]
        if method == "post":
            return ask(client, path, self.bodies.get(place.path, {}), method="post")
        return ask(client, path, **({"HX-Request": "true"} if method == "hx" else {}))

    def leaks(self, role: Role, answer: Answer, place: Place, asked: str = "") -> list[str]:
        """The words in an answer that its reader may not know and did not send."""
        found, path = [], asked or place.path
        sent = unquote(path) + repr(self.bodies.get(place.path, ""))
        for key, told in self.world.cases.items():
            for kind, secret in told.secrets.items():
                if (
                    secret in answer.text
                    and secret not in sent
                    and not self._may_know(role, place, key, kind)
                ):
                    found.append(f"{path} tells {kind} of {key}")
        if self.world.row_secret in answer.text and role.name != IMPORTER:
            found.append(f"{path} tells a row of somebody else's import")
        return found

    def _may_know(self, role: Role, place: Place, key: str, kind: str) -> bool:
        name = place.address.name
        if BEARER.get(name) == key and kind in TOLD_TO_REQUESTER:
            return True
        lender, kinds = LENT.get(name, ("", frozenset[str]()))
        if kind in kinds and self.knowledge.knows(_role(lender), key, kind):
            return True
        if name in REVEALING and key == place.key and kind in CONTACT and self.knowledge.reveals(role, key):
            return True
        return self.knowledge.knows(role, key, kind)


def _role(name: str) -> Role:
    return next(role for role in ROLES if role.name == name)


def _blanked(answer: Answer, word: str) -> tuple[int, bytes]:
    """An answer without the word that was asked for, however it is written in it."""
    body = answer.plain
    for way in {word, quote(word), urlencode({"": word})[1:]}:
        body = body.replace(way.encode(), b"")
    return answer.status, body
