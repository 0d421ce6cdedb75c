"""`ronghe keys rotate`: everything the vault sealed is sealed anew under the newest key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from django.db.models import Model

from ronghe.api.models import Given
from ronghe.casework.models import Draft
from ronghe.management.base import RongheCommand
from ronghe.messages.domain import rotate_messages
from ronghe.organisations.domain import open_text, rotate_identities, seal_text
from ronghe.organisations.domain.factors import reseal_factors

BATCH = 500


class Command(RongheCommand):
    """After this the older keys may be taken out of RONGHE_IDENTITY_KEYS. Safe to stop and repeat."""

    help = "换密钥：新密钥写在 RONGHE_IDENTITY_KEYS 最前面并重启后，用它把身份信息、消息、草稿、登录验证方式重新加密；做完才能去掉旧密钥。"

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("act", choices=["rotate"], help="rotate：重新加密")

    def run(self, **_options: Any) -> dict[str, Any]:
        return {
            "identities": rotate_identities(),
            "messages": rotate_messages(),
            "factors": reseal_factors(),
            "drafts": _reseal(Draft),
            "answers": _reseal(Given),
        }

    def text(self, report: dict[str, Any]) -> str:
        said = "已用新密钥重新加密：身份信息 {identities} 份，消息 {messages} 条，登录验证方式 {factors} 个，草稿 {drafts} 份，接口应答 {answers} 条。现在可以去掉旧密钥。"
        return said.format(**report)


def _reseal(model: type[Model]) -> int:
    """Seal a column named `sealed` anew, in batches; give how many rows."""
    done = last = 0
    while True:
        with transaction.atomic():
            rows: list[Any] = list(
                model._default_manager.select_for_update().filter(pk__gt=last).order_by("pk")[:BATCH]  # noqa: SLF001
            )
            for row in rows:
                row.sealed = seal_text(open_text(bytes(row.sealed)))
            model._default_manager.bulk_update(rows, ["sealed"])  # noqa: SLF001
        if not rows:
            return done
        done, last = done + len(rows), rows[-1].pk
