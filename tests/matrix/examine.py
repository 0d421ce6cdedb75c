"""The examination of one address: asked as every role, about every case, and judged by the rules of `knowledge`.

1. The gate: whom the view's declared rule does not let in is sent to sign in, or refused (403).
2. Hidden is absent: a case one may not see answers exactly as a number that never was.
3. No word of a case is told to whoever may not know it: not in body, header or file, unpacked.
4. No interference: a page is the same when the cases hidden from its reader do not exist: lists, counts, sorts, pages.
5. A search for what one may not know finds what a search for nonsense finds.
6. Nobody writes to a case they do not see; whoever sees and does not answer it writes only what `ACTED_ON_BY` names.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote, unquote, urlencode, urlsplit

from django.db import transaction

from ronghe.casework.models import Case
from tests.matrix.addresses import Address, Place, all_addresses, lacking, places
from tests.matrix.asking import Answer, Form, ask, forms_on, links_on
from tests.matrix.knowledge import GATES, OF_THE_REQUESTER, Knowledge
from tests.matrix.world import IMPORTER, ROLES, Role, World

# Figures of the whole city that everybody may read: they count what their reader may not open.
PUBLISHED: Mapping[str, str] = {
    "stats": "统计数字按台账全数计算，点开只见本人看得到的件",
    "stats-entries": "只列本人看得到的件，总数是公布的数字",
}
# Addresses that answer for a hidden case, as for one that never was, with something else than 404.
ABSENT_OTHERWISE: Mapping[str, int] = {"triage-case": 302, "case-preview": 302}
# Acts on a case by whoever sees it without answering it: the powers that allow them.
ACTED_ON_BY: Mapping[str, frozenset[str]] = {
    "case-reveal": frozenset({"reveal"}),
    "triage-case": frozenset({"triage"}),
    "triage": frozenset({"triage"}),
}
# What would use up the world's own.
NOT_POSTED = frozenset({("import-preview", IMPORTER)})
NONSENSE = "查无此词无此人"
COMMON = "暗记题"
FEW = frozenset({"住建局长", "过路人"})  # who tries the filters of pages on which no case is told
MOST_LINKS, MOST_OPTIONS = 4, 1
ALIVE = frozenset({200, 204, 301, 302, 303, 409, 413, 422})


class Examiner:
    """Examines the addresses of one world. `reached`: what each role was told, for the proof that secrets are there."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.knowledge = Knowledge(world)
        self.bodies: dict[str, dict[str, str]] = {}
        self.searches: dict[str, Form] = {}
        self.bases: dict[tuple[str, str], Answer] = {}
        self.never: dict[tuple[str, str, str], Answer] = {}
        self.posts: dict[str, bool] = {}
        self.tells: dict[str, bool] = {}
        self._harvest()

    def _harvest(self) -> None:
        """Ask every page once, and keep its forms: what they send is then tried by all others."""
        for address in all_addresses():
            if lacking(address) or address.gate not in {"PUBLIC", *GATES}:
                continue
            all_places = places(address, self.world)
            for role in self._asking(address):
                for place in self._chosen(role, all_places):
                    if self._met(role, place) and self.knowledge.passes(role, address.gate):
                        self._harvest_place(role, place)

    def _harvest_place(self, role: Role, place: Place) -> None:
        if place.path not in self.bodies:  # an act: the page it stands on was asked before
            self.bases[role.name, place.path] = ask(self.world.clients[role.name], place.path)
            self._keep(place.path, self.bases[role.name, place.path])

    def _asking(self, address: Address) -> Sequence[Role]:
        """Everybody; a page for the public that is about no case is the same for all staff."""
        if address.gate == "PUBLIC" and not address.of_a_case:
            return [role for role in ROLES if not role.is_staff or role.name in FEW]
        return ROLES

    def _profile(self, role: Role, place: Place) -> object:
        """What a case is to a role; of several cases alike one is asked about."""
        return self.knowledge.profile(role, place.key) if place.key else role.is_staff

    def _chosen(self, role: Role, all_places: list[Place]) -> list[Place]:
        """One place of each profile, another one for each role and address, so that all have their turn."""
        turn = ROLES.index(role) + sum(map(ord, all_places[0].address.name)) if all_places else 0
        alike: dict[object, list[Place]] = {}
        for place in all_places:
            alike.setdefault(self._profile(role, place), []).append(place)
        return [place for many in alike.values() for place in (many if not many[0].key else [many[turn % len(many)]])]

    def _keep(self, path: str, answer: Answer) -> None:
        if answer.status != 200 or not answer.body.lstrip().startswith(b"<"):
            return
        for form in forms_on(answer, path):
            action = urlsplit(form.action).path
            if form.method == "post":
                self.bodies.setdefault(action, form.fields)
            else:
                self.searches.setdefault(action, form)

    def _met(self, role: Role, place: Place) -> bool:
        """Whether what the address names exists for a role."""
        if not place.key:
            return True
        if place.address.gate == "PUBLIC":
            return place.key in role.follows
        return self.knowledge.sees(role, place.key)

    def problems(self, address: Address) -> list[str]:
        """All that is wrong with an address, in sentences."""
        if not address.gate:
            return ["its view declares no rule: add @rule(…)"]
        if address.gate not in {"PUBLIC", *GATES}:
            return [f"rule {address.gate} is unknown: say in knowledge.GATES which powers it asks for"]
        if missing := lacking(address):
            return [f"parameter {name} has no provider: add one to addresses.PROVIDERS" for name in missing]
        found, statuses = [], set[int]()
        all_places = places(address, self.world)
        for role in self._asking(address):
            for place in self._chosen(role, all_places):
                for answer, problem in self._asked(role, place):
                    statuses.add(answer.status)
                    found += [f"{role}: {line}" for line in problem]
        if not statuses & ALIVE:
            found.append(f"nobody gets anything from it ({sorted(statuses)}): fill in better arguments")
        return list(dict.fromkeys(found))

    def _asked(self, role: Role, place: Place) -> Iterator[tuple[Answer, list[str]]]:
        gate = place.address.gate
        if not self.knowledge.passes(role, gate):
            yield from self._refused(role, place)
        elif not self._met(role, place):
            yield from self._absent(role, place)
        else:
            yield from self._shown(role, place)
            yield from self._posted(role, place)

    def _refused(self, role: Role, place: Place) -> Iterator[tuple[Answer, list[str]]]:
        for method in ("get", "post"):
            answer = self._ask(role, place, method)
            wanted = (
                answer.status == 403
                if role.is_staff
                else answer.status == 302 and answer.to.startswith("/sign-in/")
            )
            said = [] if wanted else [f"{method} {place.path} is not refused but {answer.status}"]
            yield answer, [*said, *self._unwritten(place, answer), *self.leaks(role, answer, place.path)]

    def _absent(self, role: Role, place: Place) -> Iterator[tuple[Answer, list[str]]]:
        told, is_public = self.world.cases[place.key], place.address.gate == "PUBLIC"
        methods = ["get", "post"] if self._takes_posts(role, place) else ["get"]
        methods += ["hx"] if place.address.name in ABSENT_OTHERWISE else []
        for method in methods:
            answer = self._ask(role, place, method)
            said = [*self._unwritten(place, answer), *self.leaks(role, answer, place.path)]
            if place.absent:
                never = self._never(role, place, method)
                same = answer.plain.replace(told.number.encode(), told.absent.encode())
                to = answer.to.replace(told.number, told.absent)
                if (answer.status, same, to) != (never.status, never.plain, never.to):
                    said.append(f"{method} {place.path} differs from a number that never was")
            wanted = {405, 404, ABSENT_OTHERWISE.get(place.address.name)}
            if not is_public and answer.status not in wanted:
                said.append(f"{method} {place.path} of a hidden case is {answer.status}, not 404")
            yield answer, said

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
            self.posts[name] = self._ask(role, place, "post").status != 405
        return self.posts[name]

    def _unwritten(self, place: Place, answer: Answer) -> list[str]:
        return [f"post {place.path} writes"] if answer.has_written else []

    def _shown(self, role: Role, place: Place) -> Iterator[tuple[Answer, list[str]]]:
        if place.key and place.path in self.bodies and not self._is_turn(role, place):
            return  # the page this act stands on is an address of its own
        base = self.bases.get((role.name, place.path)) or self._ask(role, place, "get")
        yield base, self.leaks(role, base, place.path)
        if base.status == 405 or (place.key and place.path in self.bodies):
            return
        hx = self._ask(role, place, "hx")
        yield hx, self.leaks(role, hx, place.path)
        if place.key or base.status != 200:
            return
        if place.address.name not in PUBLISHED:
            yield base, self._interference(role, place, [("", base), ("hx", hx)])
        if self._is_worth_turning(role, place, base):
            yield from self._turned(role, place, base)

    def _is_turn(self, role: Role, place: Place) -> bool:
        """Every fourth role, another one for each address."""
        return (ROLES.index(role) + sum(map(ord, place.address.name))) % 4 == 0

    def _is_worth_turning(self, role: Role, place: Place, base: Answer) -> bool:
        """Whether to ask for its filters and searches too: one role of all who see the same cases; few, where none is told."""
        name = place.address.name
        self.tells[name] = self.tells.get(name, False) or any(
            told.number in base.text for told in self.world.cases.values()
        )
        hidden = self.knowledge.hidden(role)
        alike = [other for other in ROLES if self.knowledge.hidden(other) == hidden]
        passing = [other for other in alike if self.knowledge.passes(other, place.address.gate)]
        return role == passing[0] and (self.tells[name] or role.name in FEW)

    def _turned(self, role: Role, place: Place, base: Answer) -> Iterator[tuple[Answer, list[str]]]:
        variants = self._variants(place.path, base)
        answers = [(asked, ask(self.world.clients[role.name], asked)) for asked in variants]
        for asked, answer in answers:
            yield answer, self.leaks(role, answer, asked)
        if place.address.name not in PUBLISHED and self.tells[place.address.name]:
            yield base, self._interference(role, place, answers)
        yield from self._searched(role, place.path)

    def _variants(self, path: str, base: Answer) -> list[str]:
        """The page filtered, sorted, searched and turned, as its own forms and links offer it."""
        asked = [f"{path}?page=2"]
        form = self.searches.get(path)
        if form is not None:
            options = {name: [one for one in many if one][:MOST_OPTIONS] for name, many in form.choices.items()}
            asked += [f"{path}?{urlencode({name: one})}" for name, many in options.items() for one in many]
            asked += [f"{path}?{urlencode({name: COMMON})}" for name in form.searches]
        by_names: dict[tuple[str, ...], str] = {}
        for link in links_on(base):
            where, _, query = link.partition("?")
            if query and where in {"", path}:
                by_names.setdefault(tuple(sorted(pair.split("=")[0] for pair in query.split("&"))), f"{path}?{query}")
        return list(dict.fromkeys([*asked, *list(by_names.values())[:MOST_LINKS]]))

    def _interference(self, role: Role, place: Place, answers: list[tuple[str, Answer]]) -> list[str]:
        """`answers` by what was asked: nothing (the place itself), `hx`, or an address."""
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

    def _searched(self, role: Role, path: str) -> Iterator[tuple[Answer, list[str]]]:
        """Searches for who asked, by whoever may not know who asked."""
        form = self.searches.get(path)
        for name in form.searches if form else ():
            nothing = ask(self.world.clients[role.name], f"{path}?{urlencode({name: NONSENSE})}")
            for secret in self._unknown(role):
                asked = f"{path}?{urlencode({name: secret})}"
                answer = ask(self.world.clients[role.name], asked)
                said = self.leaks(role, answer, asked)
                if _blanked(answer, secret) != _blanked(nothing, NONSENSE):
                    said.append(f"{asked} finds what nonsense does not")
                yield answer, said

    def _unknown(self, role: Role) -> list[str]:
        """A name and a phone of a case that is seen, and of one that is hidden, where the role may know neither."""
        chosen: dict[tuple[bool, str], str] = {}
        for key, told in self.world.cases.items():
            for kind in ("name", "phone"):
                if not self.knowledge.knows(role, key, kind):
                    chosen.setdefault((self.knowledge.meets(role, key), kind), told.secrets[kind])
        return list(chosen.values())

    def _posted(self, role: Role, place: Place) -> Iterator[tuple[Answer, list[str]]]:
        name = place.address.name
        if (name, role.name) in NOT_POSTED or not self._takes_posts(role, place):
            return
        answer = self._ask(role, place, "post")
        said = []
        if place.key and answer.has_written and not self._may_act(role, place):
            said.append(f"post {place.path} writes to a case that others answer")
        revealed = name == "case-reveal" and self.knowledge.reveals(role, place.key)
        yield answer, [*said, *self.leaks(role, answer, place.path, revealed=place.key if revealed else "")]

    def _may_act(self, role: Role, place: Place) -> bool:
        knowledge, key = self.knowledge, place.key
        if key in role.follows or knowledge.works(role, key) or knowledge.holds(role, key):
            return True
        return bool(ACTED_ON_BY.get(place.address.name, frozenset()) & knowledge.powers(role))

    def _ask(self, role: Role, place: Place, method: str, *, absent: bool = False) -> Answer:
        """`hx` is a GET as HTMX asks it; a POST sends what the page's own form would."""
        path, client = place.absent if absent else place.path, self.world.clients[role.name]
        if method == "post":
            return ask(client, path, self.bodies.get(place.path, {}), method="post")
        return ask(client, path, **({"HX-Request": "true"} if method == "hx" else {}))

    def leaks(self, role: Role, answer: Answer, path: str, *, revealed: str = "") -> list[str]:
        """The words in an answer that its reader may not know and did not send."""
        sent = unquote(path) + "".join(self.bodies.get(path, {}).values())
        found = []
        for key, told in self.world.cases.items():
            for kind, secret in told.secrets.items():
                if secret not in answer.text or secret in sent or self.knowledge.knows(role, key, kind):
                    continue
                if key != revealed or kind not in OF_THE_REQUESTER:
                    found.append(f"{path} tells {kind} of {key}")
        if self.world.row_secret in answer.text and role.name != IMPORTER:
            found.append(f"{path} tells a row of somebody else's import")
        return found


def _blanked(answer: Answer, word: str) -> tuple[int, bytes]:
    """An answer without the word that was asked for, however it is written in it."""
    body = answer.plain
    for way in {word, quote(word), urlencode({"": word})[1:]}:
        body = body.replace(way.encode(), b"")
    return answer.status, body

