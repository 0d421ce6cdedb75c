"""Which of several cases can be done together: accepted, assigned to one officer, answered with one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Prefetch
from django.utils.translation import gettext

from ronghe.casework import rules
from ronghe.casework.enums import ACCEPT, CaseState
from ronghe.casework.models import Case, Step
from ronghe.core.procedure import Outcome, Step as StepNode
from ronghe.definitions import queries as definitions
from ronghe.organisations.queries import Powers


class Together(StrEnum):
    """What may be done to many cases at once."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    REPLY = "reply"


@dataclass(frozen=True)
class Pick:
    """One chosen case: the step and outcome by which it is done, or `why` it cannot be done with the others."""

    case: Case
    step: Step | None = None
    node: StepNode | None = None
    outcome: str = ""
    why: str = ""

    @property
    def kin(self) -> tuple[int | None, str]:
        """What those done together share: the unit, and for a reply its template."""
        template = self.node.template if self.node and self.outcome else None
        return (self.step.holder_id if self.step else None, template or "")


def picks(powers: Powers, numbers: Sequence[str], act: Together) -> list[Pick]:
    """The visible ones among the numbers, in the order given; hidden and absent ones are not told. Two queries.

    Those to be assigned or answered are of one unit and one template: that of the first that can be done.
    """
    steps = Step.objects.filter(done_at=None).select_related("holder", "assignee").order_by("no")
    found = (
        Case.objects.visible_with(powers)
        .filter(number__in=numbers)
        .with_units()
        .prefetch_related(Prefetch("steps", steps))
    )
    by_number = {case.number: case for case in found}
    made = [_pick(powers, by_number[number], act) for number in dict.fromkeys(numbers) if number in by_number]
    return made if act is Together.ACCEPT else _of_one_kin(made)


def _of_one_kin(made: list[Pick]) -> list[Pick]:
    kin = next((pick.kin for pick in made if not pick.why), None)
    said = gettext("和前面的不是同一个单位或同一类答复，请分开办。")
    return [pick if pick.why or pick.kin == kin else Pick(pick.case, why=said) for pick in made]


def _pick(powers: Powers, case: Case, act: Together) -> Pick:
    if case.state != CaseState.OPEN:
        return Pick(case, why=gettext("已经办完。"))
    flow = definitions.by_edition(case.edition_id).body.flow
    mine = [step for step in case.steps.all() if rules.may_work(powers, case, step)]
    if not mine:
        return Pick(case, why=gettext("现在不由您的岗位办理。"))
    ways = [
        (step, node, way)
        for step in mine
        if (node := flow.step_at(tuple(step.path), step.code))
        and (way := _way(flow, node, step, act)) is not None
    ]
    if not ways:
        return Pick(case, why=_LACKS[act]())
    if len(ways) > 1:
        return Pick(case, why=gettext("有几个环节同时等着办，请打开单独办理。"))
    step, node, way = ways[0]
    step.case = case
    if act is not Together.ASSIGN and (node.form is not None or node.requires is not None):
        return Pick(case, why=gettext("这一步还要填别的内容，请打开单独办理。"))
    return Pick(case, step, node, way)


_LACKS = {
    Together.ACCEPT: lambda: gettext("现在这一步不是受理。"),
    Together.ASSIGN: lambda: gettext("现在这一步没有承办单位，不能指派。"),
    Together.REPLY: lambda: gettext("还没有到答复这一步。"),
}


def _way(flow: object, node: StepNode, step: Step, act: Together) -> str | None:
    """The outcome by which the act is done at the step; empty for an assignment; None: not here."""
    if act is Together.ASSIGN:
        return "" if step.holder_id is not None else None
    if act is Together.ACCEPT:
        return ACCEPT if ACCEPT in node.outcomes and node.outcomes[ACCEPT].requires is None else None
    ways = [
        code for code, outcome in node.outcomes.items() if node.template and _answers(flow, node, outcome)
    ]
    return ways[0] if ways else None


def _answers(flow: object, node: StepNode, outcome: Outcome) -> bool:
    """Whether the outcome sends the reply, or hands it to who checks it."""
    following = getattr(flow, "by_code", {}).get(outcome.to or "")
    return outcome.end is not None or (isinstance(following, StepNode) and following.checks == node.code)
