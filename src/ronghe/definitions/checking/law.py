"""The law's rules against the definitions they apply to: a rule adds no step, it refuses what lacks one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ronghe.core.procedure import Limits, PlacedStep, steps_of
from ronghe.core.select import Kinds
from ronghe.core.worktime import Limit
from ronghe.definitions.checking.catalogue import Catalogue
from ronghe.definitions.checking.documents import Checked
from ronghe.definitions.enums import Kind, Standing
from ronghe.definitions.kinds import ProcedureDefinition, RuleDefinition
from ronghe.definitions.kinds.law import Extension, Most, Other, StepRequirement
from ronghe.definitions.reading import Field, Problem

Complaint = tuple[Field, str]


def against_rules(checked: Sequence[Checked], catalogue: Catalogue) -> list[Problem]:
    """Every confirmed rule that a procedure does not keep; advice is not enforced."""
    rules = [body for body in catalogue.of(Kind.RULE) if isinstance(body, RuleDefinition)]
    return [
        one.document.problem(
            field, f"{message}（规则 {rule.code} {rule.title}）", _basis(rule), "against-rule"
        )
        for one in checked
        if isinstance(one.body, ProcedureDefinition)
        for rule in rules
        if rule.standing is Standing.CONFIRMED and _applies(rule, one.body, catalogue)
        for field, message in _complaints(rule, one.body)
    ]


def _applies(rule: RuleDefinition, body: ProcedureDefinition, catalogue: Catalogue) -> bool:
    """A rule binds the editions that are in force on some day on which it is; an edition before its time is history."""
    who = rule.applies_to
    if not (isinstance(who, Kinds) and who.kind == "procedure" and who.name == body.code):
        return False
    replaced, repealed = catalogue.until(body), catalogue.until(rule)
    return (replaced is None or rule.effective < replaced) and (repealed is None or body.effective < repealed)


def _basis(rule: RuleDefinition) -> str:
    article = f"第 {rule.basis.article} 条" if rule.basis.article != "" else ""
    return f"依据：{rule.basis.document}{article}"


def _complaints(rule: RuleDefinition, body: ProcedureDefinition) -> Iterator[Complaint]:
    asks = rule.requires
    if not isinstance(asks, StepRequirement):
        return
    steps = {placed.step.code: placed for placed in steps_of(body.flow)}
    if asks.step is None:
        yield from _limit(asks.limit, body.limit, (), body.title)
        return
    if (placed := steps.get(asks.step)) is None:
        yield ("flow",), f"缺少环节“{asks.step}”。"
        return
    yield from _limit(asks.limit, placed.step.limit, placed.field, placed.step.title)
    yield from _wait(asks.wait, placed)
    yield from _extension(asks.extends, placed)
    for other, before in ((asks.after, True), (asks.before, False)):
        if other is not None and not _stands(other, placed, steps, before=before):
            yield (
                placed.field,
                f"环节“{placed.step.title}”{'之前' if before else '之后'}要有“{_named(other)}”。",
            )


def _limit(most: Most | None, limit: object, field: Field, title: str) -> Iterator[Complaint]:
    if most is None or most.most is None:
        return
    limits = [limit.legal, limit.promised] if isinstance(limit, Limits) else [limit]
    given = [one for one in limits if one is not None]
    if not given:
        yield field, f"“{title}”没有时限，最多 {most.most}。"
    for one in given:
        if isinstance(one, Limit) and not _within(one, most.most):
            yield (*field, "limit"), f"“{title}”的时限 {one} 超过 {most.most}。"


def _within(limit: Limit, most: Limit) -> bool:
    """Only lengths of one unit compare; others are left to a person."""
    return limit.unit is not most.unit or limit.amount <= most.amount


def _wait(wait: Most | None, placed: PlacedStep) -> Iterator[Complaint]:
    least = wait.least if wait else None
    given = placed.step.wait
    if least is not None and (given is None or (isinstance(given, Limit) and not _within(least, given))):
        yield placed.field, f"环节“{placed.step.title}”至少要等 {least}。"


def _extension(law: Extension | None, placed: PlacedStep) -> Iterator[Complaint]:
    given = placed.step.extends
    if law is None or given is None:
        return
    field = (*placed.field, "extends")
    if not _within(given.max, law.most):
        yield field, f"延期 {given.max} 超过 {law.most}。"
    if law.once and not given.once:
        yield field, "只能延期一次，要写 once: true。"
    if law.approved and given.approved_by is None:
        yield field, "延期要经批准，要写 approved_by。"


def _named(other: Other) -> str:
    return other.step or other.bulletin or other.judgement or other.activity or ""


def _stands(other: Other, placed: PlacedStep, steps: dict[str, PlacedStep], *, before: bool) -> bool:
    order = list(steps)
    at = order.index(placed.step.code)
    nearby = order[:at] if before else order[at + 1 :]
    if other.step is not None:
        return other.step in nearby
    kinds = {"bulletin": other.bulletin, "judgement": other.judgement, "activity": other.activity}
    wanted = next((kind, code) for kind, code in kinds.items() if code is not None)
    runs = [steps[code].step.runs for code in nearby]
    return any(run is not None and (run.kind, run.code) == wanted for run in runs)
