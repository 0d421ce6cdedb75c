"""`ronghe init`: make or upgrade the database and load the packs; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _

from ronghe.definitions.domain import load_packs
from ronghe.ledger.domain import sequence
from ronghe.management.base import RongheCommand
from ronghe.management.tables import size_up


class Command(RongheCommand):
    """Migrations, then packs, then the ledger's positions."""

    help = "建立或升级数据库并装载 RONGHE_PACKS 里的定义包，可重复执行"

    def add_options(self, parser: CommandParser) -> None:
        self.add_format(parser)

    def run(self, **options: Any) -> dict[str, Any]:
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
        call_command("migrate", interactive=False, verbosity=0)
        loaded = load_packs(settings.PACKS, actor="system:packs", at=timezone.now())
        size_up()
        return {
            "migrations": len(plan),
            "packs": {
                "names": settings.PACKS,
                "new": loaded.new,
                "changed": loaded.changed,
                "unchanged": loaded.unchanged,
                "removed": loaded.removed,
            },
            "watermark": sequence(),
        }

    def text(self, report: dict[str, Any]) -> str:
        return _(
            "数据库已就绪（更新 %(migrations)d 项）；定义包 %(names)s：新增 %(new)d，变更 %(changed)d，未变 %(unchanged)d；账本记到第 %(watermark)d 条。"
        ) % {
            **report["packs"],
            "names": "、".join(report["packs"]["names"]),
            "migrations": report["migrations"],
            "watermark": report["watermark"],
        }
