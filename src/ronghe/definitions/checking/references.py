"""What a definition names, and which of those names no pack defines.

Works on the plain values, so that every name is reported on its own line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from ronghe.definitions.checking.catalogue import BUILT_IN, Catalogue
from ronghe.definitions.checking.documents import Checked
from ronghe.definitions.enums import ROLES, Kind
from ronghe.definitions.reading import Field, Problem

ORG, POST, LIST, REG, REL = Kind.ORGANISATION, Kind.POST, Kind.LIST, Kind.REGISTER, Kind.RELATIONSHIP
PROC, ACT, DUTY, JUDGE, BULL = Kind.PROCEDURE, Kind.ACTIVITY, Kind.DUTY, Kind.JUDGEMENT, Kind.BULLETIN
THINGS = (ORG, POST, REG, REL)
WORK = (PROC, ACT, JUDGE, BULL)
ANY = tuple(Kind)
PROGRESS = "progress"  # what a bulletin shows of the work of a period, from the ledger
_OF_RUNS = frozenset({"people", "present-share", "stands", "at", "organiser", "with", "satisfied"})
FORM_TYPES = frozenset(
    {
        "text",
        "number",
        "money",
        "date",
        "yes-no",
        "choice",
        "choices",
        "checks",
        "rows",
        "files",
        "place",
        "condition",
    }
)


@dataclass(frozen=True)
class Ref:
    """A name that one of `kinds` must define; `also` are words that need no definition here."""

    kinds: tuple[Kind, ...]
    name: str
    field: Field
    also: frozenset[str] = frozenset()
    what: str = ""


Refs = Iterator[Ref]


def unresolved(checked: Checked, catalogue: Catalogue) -> list[Problem]:
    """Every name of a definition that nobody defines, once for each place."""
    problems = []
    for ref in _Walk(checked, catalogue).refs():
        if ref.name in ref.also or catalogue.has(ref.kinds, ref.name):
            continue
        near = get_close_matches(ref.name, [*catalogue.codes(ref.kinds), *ref.also], 1, 0.75)
        cure = f"是不是“{near[0]}”？" if near else "补上它的定义，或改用已有的名字"
        what = ref.what or "、".join(kind.chinese for kind in ref.kinds[:3])
        problems.append(
            checked.document.problem(
                ref.field, f"没有名为“{ref.name}”的{what}。", cure, "unknown-name", "reference"
            )
        )
    return list(dict.fromkeys(problems))


def _each(raw: object, at: Field) -> Iterator[tuple[object, Field]]:
    if isinstance(raw, list):
        for index, item in enumerate(raw):
            yield item, (*at, index)
    elif raw is not None:
        yield raw, at


class _Walk:
    """Walks one definition; every method yields what its part names."""

    def __init__(self, checked: Checked, catalogue: Catalogue) -> None:
        self.raw: Mapping[str, object] = checked.document.data
        self.kind = checked.body.kind
        self.catalogue = catalogue
        self.asked = _field_codes(self.raw, "field")
        self.fields = self.asked | _field_codes(self.raw, "step", "parallel")
        self.about = [str(name) for name, _ in _each(self.raw.get("about"), ()) if isinstance(name, str)]

    def refs(self) -> Refs:
        at: Field
        for key, value in self.raw.items():
            at = (key,)
            if key in _COMMON:
                yield from _COMMON[key](self, value, at)
            elif (self.kind, key) in _OWN:
                yield from _OWN[self.kind, key](self, value, at)

    # The small grammars

    def codes(self, *kinds: Kind, also: frozenset[str] = frozenset()) -> Callable[[object, Field], Refs]:
        def walk(raw: object, at: Field) -> Refs:
            for name, here in _each(raw, at):
                if isinstance(name, str):
                    yield Ref(kinds, name, here, also)

        return walk

    def path(self, text: str, at: Field, *, bare: bool = False) -> Refs:
        head, *rest = text.split(".")
        known = ROLES | self.fields | BUILT_IN
        yield Ref(THINGS, head, at, known, "角色、字段、岗位或组织" if not bare else "角色、岗位、组织或字段")
        if head == "form" and rest:
            yield Ref((), rest[0], at, self.asked, "字段")
        if head == "about" and self.kind is PROC and not self.about:
            yield Ref((), "about", at, what="办理对象（程序没有写 about）")
        if head == "about" and rest:
            leads = [self.catalogue.leads_on(name) for name in self.about]
            if leads and all(names is not None for names in leads):
                yield Ref(
                    (),
                    rest[0],
                    at,
                    frozenset().union(*(names or set() for names in leads)),
                    "字段、岗位或关系",
                )

    def selector(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if isinstance(item, str):
                yield from self.path(item, here, bare=True)
            elif isinstance(item, dict):
                yield from self.chosen(item, here)

    def chosen(self, raw: Mapping[str, object], at: Field) -> Refs:
        if "from" in raw and "draw" in raw:
            yield from self.selector(raw["from"], (*at, "from"))
        for kind in Kind:
            if isinstance(name := raw.get(kind.value), str):
                yield Ref((kind,), name, (*at, kind.value))
        yield from self.where(raw.get("where"), (*at, "where"))

    def where(self, raw: object, at: Field) -> Refs:
        if not isinstance(raw, dict):
            return
        for key, value in raw.items():
            here = (*at, key)
            if key == "live" and isinstance(value, str):
                yield Ref((REL, POST, ORG, REG), value, here)
            elif key == "list" and isinstance(value, str):
                yield Ref((LIST,), value, here)
            elif key in tuple(Kind) and isinstance(value, str) and "." not in value:
                yield Ref((Kind(key),), value, here, ROLES | self.fields)
            elif isinstance(value, dict):
                yield from self.where(value, here)

    def required(self, raw: object, at: Field, ran: frozenset[str] = frozenset()) -> Refs:
        """A condition on this very work, or on what ran a step: its keys must be known, else nobody could meet it."""
        if isinstance(raw, dict):
            asked = self.fields | BUILT_IN | ROLES | ran
            for name in self.about:
                asked |= self.catalogue.leads_on(name) or set()
            for key in raw:
                head = key.split(".")[0]
                if head not in ("live", "not"):
                    yield Ref((REL, POST, REG, BULL, ACT, JUDGE), head, (*at, key), frozenset(asked), "字段")
                    if "." in key:
                        yield from self.path(key, (*at, key))
        yield from self.where(raw, at)

    def gives(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if not isinstance(item, dict):
                continue
            yield from self.chosen(item, here)
            for key in ("held_by", "about", "for_each", "set", "end", "reopen"):
                if isinstance(text := item.get(key), str) and "." in text:
                    yield from self.path(text, (*here, key))

    def form(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if not isinstance(item, dict):
                continue
            if isinstance(kind := item.get("type"), str) and kind not in FORM_TYPES:
                yield Ref((ORG, POST, REG), kind, (*here, "type"))
            if isinstance(source := item.get("from"), str):
                yield Ref((LIST,), source, (*here, "from"))
            yield from self.form(item.get("form"), (*here, "form"))

    def escalate(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if isinstance(item, dict):
                yield from self.selector(item.get("tell"), (*here, "tell"))
                yield from self.gives(item.get("gives"), (*here, "gives"))

    def seen_by(self, raw: object, at: Field) -> Refs:
        for role in raw if isinstance(raw, dict) else ():
            yield Ref((ORG, POST), role, (*at, role), ROLES, "角色、岗位或组织")

    def quantities(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if isinstance(item, dict):
                yield from self.selector(item.get("by"), (*here, "by"))

    # Procedures

    def flow(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if isinstance(item, dict):
                yield from self.node(item, here)

    def node(self, raw: Mapping[str, object], at: Field) -> Refs:
        yield from self.selector(raw.get("by"), (*at, "by"))
        yield from self.chosen(_mapping(raw.get("runs")), (*at, "runs"))
        yield from self.form(raw.get("form"), (*at, "form"))
        ran = self.ran(_mapping(raw.get("runs")))
        yield from self.required(raw.get("requires"), (*at, "requires"), ran)
        yield from self.outcomes(raw.get("outcomes"), (*at, "outcomes"), ran)
        yield from self.selector(
            _mapping(raw.get("extends")).get("approved_by"), (*at, "extends", "approved_by")
        )
        for key in ("limit", "wait"):
            yield from self.limit(raw.get(key), (*at, key))
        over = raw.get("over")
        if isinstance(over, str):
            yield from self.path(over, (*at, "over"))
        elif isinstance(over, dict):
            yield from self.selector(over.get("call"), (*at, "over", "call"))
        yield from self.flow(raw.get("flow"), (*at, "flow"))
        for lane, inner in _mapping(raw.get("lanes")).items():
            yield from self.flow(inner, (*at, "lanes", lane))

    def ran(self, runs: Mapping[str, object]) -> frozenset[str]:
        """What may be asked of what runs a step: its fields and figures, and how many took part."""
        names = (self.catalogue.leads_on(str(code)) for code in runs.values())
        return frozenset().union(*(found for found in names if found)) | (_OF_RUNS if runs else frozenset())

    def limit(self, raw: object, at: Field) -> Refs:
        for key, text in {**_mapping(raw), "": raw}.items():
            if isinstance(text, str) and text and not text[0].isdigit():
                yield from self.path(text, (*at, key) if key else at)

    def outcomes(self, raw: object, at: Field, ran: frozenset[str] = frozenset()) -> Refs:
        for code, outcome in _mapping(raw).items():
            if isinstance(outcome, dict):
                here = (*at, code)
                yield from self.selector(outcome.get("by"), (*here, "by"))
                yield from self.required(outcome.get("requires"), (*here, "requires"), ran)
                yield from self.gives(outcome.get("gives"), (*here, "gives"))

    # Duties, judgements, bulletins

    def duty_lines(self, raw: object, at: Field) -> Refs:
        if isinstance(raw, str):
            yield Ref((LIST,), raw, at)
            return
        for item, here in _each(raw, at):
            if isinstance(item, dict):
                yield from self.selector(item.get("satisfied_by"), (*here, "satisfied_by"))
                yield from self.selector(item.get("holders"), (*here, "holders"))

    def verdict(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if isinstance(item, dict):
                for key in _mapping(item.get("where")):
                    yield Ref((), key.split(".")[0], (*here, "where", key), self.fields | {"not"}, "字段")
                yield from self.gives(item.get("gives"), (*here, "gives"))
                yield from self.selector(item.get("tell"), (*here, "tell"))

    def combine(self, raw: object, at: Field) -> Refs:
        for key in _mapping(raw):
            if key not in ("least", "hides"):
                yield Ref((), key, (*at, key), self.fields, "字段")

    def shows(self, raw: object, at: Field) -> Refs:
        for text, here in _each(raw, at):
            if isinstance(text, str):
                if "." in text:
                    yield from self.path(text, here)
                else:
                    known = self.fields | BUILT_IN | {PROGRESS}
                    yield Ref((Kind.INDICATOR,), text, here, known, "指标或字段")

    # Figures and law

    def measures(self, raw: object, at: Field) -> Refs:
        for code, measure in _mapping(raw).items():
            here = (*at, code)
            values = _mapping(measure)
            if isinstance(live := values.get("live"), str):
                yield Ref((ORG, REG, REL, POST), live, (*here, "live"))
            if isinstance(live := _mapping(values.get("that")).get("live"), str):
                yield Ref((REL, POST, REG), live, (*here, "that", "live"))
            yield from self.where(values.get("where"), (*here, "where"))

    def tree(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            if isinstance(item, str):
                yield Ref((Kind.INDICATOR, Kind.SCHEME), item, here)
            elif isinstance(item, dict):
                yield from self.tree(item.get("of"), (*here, "of"))

    def extra(self, raw: object, at: Field) -> Refs:
        values = _mapping(raw)
        yield from self.codes(REG, LIST, Kind.INDICATOR)(values.get("of"), (*at, "of"))
        yield from self.codes(LIST, REG)(values.get("from"), (*at, "from"))
        yield from self.codes(PROC)(values.get("runs"), (*at, "runs"))

    def bands(self, raw: object, at: Field) -> Refs:
        for item, here in _each(raw, at):
            yield from self.gives(_mapping(item).get("gives"), (*here, "gives"))

    def publish(self, raw: object, at: Field) -> Refs:
        yield from self.codes(BULL)(_mapping(raw).get("bulletin"), (*at, "bulletin"))

    def rule_requires(self, raw: object, at: Field) -> Refs:
        for key in ("after", "before"):
            yield from self.chosen(_mapping(_mapping(raw).get(key)), (*at, key))


def _mapping(raw: object) -> Mapping[str, object]:
    return raw if isinstance(raw, dict) else {}


def _field_codes(raw: object, *keys: str) -> frozenset[str]:
    """Every code standing under one of the keys anywhere in the definition, and of every figure it carries."""
    found: set[str] = set()
    if isinstance(raw, dict):
        found |= {str(raw[key]) for key in keys if isinstance(raw.get(key), str)}
        found |= {
            str(item["code"])
            for item, _ in _each(raw.get("quantities"), ())
            if isinstance(item, dict) and "code" in item
        }
    for inner in raw.values() if isinstance(raw, dict) else raw if isinstance(raw, list) else ():
        found |= _field_codes(inner, *keys)
    return frozenset(found)


Part = Callable[[_Walk, object, Field], Refs]


def _names(*kinds: Kind) -> Part:
    return lambda walk, raw, at: walk.codes(*kinds)(raw, at)


_COMMON: Mapping[str, Part] = {
    "form": _Walk.form,
    "gives": _Walk.gives,
    "escalate": _Walk.escalate,
    "seen_by": _Walk.seen_by,
    "quantities": _Walk.quantities,
}
_OWN: Mapping[tuple[Kind, str], Part] = {
    (LIST, "by"): _Walk.selector,
    (ORG, "seats"): _names(POST),
    (ORG, "life"): _names(PROC),
    (POST, "in"): _names(ORG),
    (POST, "held_by"): _names(ORG, POST),
    (REL, "from"): _names(*THINGS),
    (REL, "to"): _names(*THINGS, PROC),
    (REL, "life"): _names(PROC),
    (REG, "life"): _names(PROC),
    (REG, "by"): _Walk.selector,
    (REG, "requires"): _Walk.required,
    (PROC, "about"): _names(*THINGS, ACT, PROC, JUDGE, BULL),
    (PROC, "flow"): _Walk.flow,
    (PROC, "outcomes"): _Walk.outcomes,
    (PROC, "limit"): _Walk.limit,
    (PROC, "requires"): _Walk.required,
    (ACT, "by"): _names(ORG),
    (ACT, "about"): _names(*THINGS, PROC),
    (ACT, "with"): _names(POST, ORG),
    (ACT, "counts_as"): _names(ACT),
    (DUTY, "holders"): _Walk.selector,
    (DUTY, "satisfied_by"): _Walk.selector,
    (DUTY, "lines"): _Walk.duty_lines,
    (JUDGE, "judges"): _Walk.selector,
    (JUDGE, "by"): _Walk.selector,
    (JUDGE, "verdict"): _Walk.verdict,
    (JUDGE, "combine"): _Walk.combine,
    (BULL, "about"): _names(*THINGS, PROC, ACT),
    (BULL, "shows"): _Walk.shows,
    (BULL, "answers"): _names(PROC),
    (Kind.INDICATOR, "of"): _names(ORG, POST, REG, REL),
    (Kind.INDICATOR, "measures"): _Walk.measures,
    (Kind.SCHEME, "of"): _names(ORG, POST, REG),
    (Kind.SCHEME, "groups"): _names(LIST, ORG),
    (Kind.SCHEME, "tree"): _Walk.tree,
    (Kind.SCHEME, "bonus"): _Walk.extra,
    (Kind.SCHEME, "deduct"): _Walk.extra,
    (Kind.SCHEME, "bands"): _Walk.bands,
    (Kind.SCHEME, "publish"): _Walk.publish,
    (Kind.RULE, "applies_to"): _Walk.selector,
    (Kind.RULE, "requires"): _Walk.rule_requires,
}
