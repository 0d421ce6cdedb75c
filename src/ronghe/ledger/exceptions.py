"""What the ledger refuses to write; nothing was written when one of these is raised."""

from __future__ import annotations

from ronghe.core.errors import RongheError


class LedgerError(RongheError):
    """An entry that must not be written."""


class SeqTaken(LedgerError):
    """Somebody else wrote the subject's next entry first."""

    def __init__(self) -> None:
        super().__init__(
            "seq-taken", "这件事刚刚被别人更新过，您的操作没有保存。请刷新页面，看清最新情况后再做一次。"
        )
