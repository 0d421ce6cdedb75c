"""The thirteen kinds, one model each."""

from __future__ import annotations

from collections.abc import Mapping

from ronghe.definitions.enums import Kind
from ronghe.definitions.kinds.base import Definition
from ronghe.definitions.kinds.figures import IndicatorDefinition, SchemeDefinition
from ronghe.definitions.kinds.law import RuleDefinition
from ronghe.definitions.kinds.things import (
    ListDefinition,
    OrganisationDefinition,
    PostDefinition,
    RegisterDefinition,
    RelationshipDefinition,
)
from ronghe.definitions.kinds.work import (
    ActivityDefinition,
    BulletinDefinition,
    DutyDefinition,
    JudgementDefinition,
    ProcedureDefinition,
)

MODELS: Mapping[Kind, type[Definition]] = {
    model.kind: model
    for model in (
        ListDefinition,
        OrganisationDefinition,
        PostDefinition,
        RelationshipDefinition,
        RegisterDefinition,
        ProcedureDefinition,
        ActivityDefinition,
        DutyDefinition,
        JudgementDefinition,
        BulletinDefinition,
        IndicatorDefinition,
        SchemeDefinition,
        RuleDefinition,
    )
}

__all__ = [
    "MODELS",
    "ActivityDefinition",
    "BulletinDefinition",
    "Definition",
    "DutyDefinition",
    "IndicatorDefinition",
    "JudgementDefinition",
    "ListDefinition",
    "OrganisationDefinition",
    "PostDefinition",
    "ProcedureDefinition",
    "RegisterDefinition",
    "RelationshipDefinition",
    "RuleDefinition",
    "SchemeDefinition",
]
