"""Definitions that only these tests load: each stresses one thing that the notation can say."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from ronghe.definitions.domain import load_packs
from tests.city import ACTOR, FOUNDED

HEAD = "source: [S-237]\neffective: {effective}\n"


def load(folder: Path, *documents: str, effective: str = "2020-01-01") -> None:
    """Publish definitions beside the packs; source and effective day are added."""
    town = folder / "kernel"
    town.mkdir(exist_ok=True)
    for number, document in enumerate(documents):
        first, rest = document.strip().split("\n", 1)
        (town / f"d{number}.yaml").write_text(
            f"{first}\n{HEAD.format(effective=effective)}{rest}\n", encoding="utf-8"
        )
    report = load_packs([*settings.PACKS, str(town)], actor=ACTOR, at=FOUNDED)
    assert report.new == len(documents), report
