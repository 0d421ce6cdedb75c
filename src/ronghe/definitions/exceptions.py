"""What can go wrong with definitions; each message says what is kept and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ronghe.core.errors import RongheError

if TYPE_CHECKING:
    from ronghe.definitions.reading import Problem


class DefinitionsError(RongheError):
    """Base of the room's errors."""


class UnknownDefinition(DefinitionsError):
    """No edition of this kind and code is loaded."""

    def __init__(self, kind: str, code: str) -> None:
        message = f"没有名为“{code}”的定义（{kind}）。请核对代码，或先装载写有它的定义包。"
        super().__init__("unknown-definition", message, kind=kind, definition=code)


class FrozenEdition(DefinitionsError):
    """An edition already in use was changed in its file."""

    def __init__(self, kind: str, code: str, edition: str, file: str) -> None:
        message = (
            f"{file}：{kind} {code} 的 {edition} 版已经有事项在用（或已经签发），内容不能再改；库里的原版保持不变。"
            "请新建一个文件，写新的 effective（生效日期）和 edition（版次）。"
        )
        super().__init__("frozen-edition", message, kind=kind, definition=code, edition=edition, file=file)


class ChangedMeanwhile(DefinitionsError):
    """An edition nothing had used yet was replaced while somebody filed under it."""

    def __init__(self, title: str) -> None:
        message = f"“{title}”的规定刚刚更新，没有提交；您填写的内容已保留。请刷新页面看过新的规定再提交。"
        super().__init__("definition-changed", message)


class UnknownPack(DefinitionsError):
    """A pack that does not exist was asked for."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        message = f"没有名为“{name}”的定义包；没有装载任何定义。现有：{'、'.join(known) or '无'}。"
        super().__init__("unknown-pack", message, pack=name, known=list(known))


class PackProblems(DefinitionsError):
    """Packs that are to be loaded have problems; nothing was written."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = "\n".join(str(problem) for problem in problems[:10])
        message = f"定义有 {len(problems)} 处问题，没有装载任何定义；改好后再装载。\n{first}"
        super().__init__("pack-problems", message, count=len(problems))
        self.problems = list(problems)


class NoticeRefused(DefinitionsError):
    """A year's days off cannot be published as they were entered."""

    def __init__(self, reasons: Sequence[str]) -> None:
        message = f"没有公布，原来的放假安排照旧。{'；'.join(reason.rstrip('。') for reason in reasons)}。"
        super().__init__("notice-refused", message, reasons=list(reasons))


class ProposalRefused(DefinitionsError):
    """An uploaded definition cannot be taken or signed."""

    def __init__(self, message: str) -> None:
        super().__init__("proposal-refused", message)


class LineRefused(DefinitionsError):
    """A line of a list cannot be kept; `errors` {field (or empty): what to do}."""

    def __init__(self, errors: dict[str, str]) -> None:
        first = next(iter(errors.values()))
        super().__init__("line-refused", f"没有保存，您填写的内容都在。{first}", errors=errors)


class HoursRefused(DefinitionsError):
    """Office hours that cannot be set."""

    def __init__(self, message: str) -> None:
        super().__init__("hours-refused", message)
