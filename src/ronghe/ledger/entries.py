"""The registered kinds of ledger entry: what each means, which `data` it carries, and whom it may point to.

A data key has one shape wherever it occurs (`SHAPES`), so `note` is always the number of a note and never its
words. Codes are never reused; a definition's code is a column of the entry, never a new kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from ronghe.ledger import rules
from ronghe.ledger.exceptions import LedgerError

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class Personal(StrEnum):
    """What an entry may say about a person. Free text about one is allowed to none."""

    NONE = "none"
    REFERS = "refers"  # names a person or identity by id; erasing the identity leaves an id that says nothing


SHAPES: Mapping[str, rules.Shape] = {
    **dict.fromkeys(
        (
            "about",
            "about_unit",
            "account",
            "asker",
            "corrected",
            "edition_id",
            "edition_was",
            "from",
            "identity",
            "into",
            "judgement",
            "parent",
            "person",
            "placement",
            "reading",
            "related",
            "to",
            "unit",
        ),
        rules.is_id,
    ),
    **dict.fromkeys(
        (
            "attachment",
            "drawn",
            "excuse",
            "people",
            "sign",
            "level",
            "note",
            "reply",
            "round",
            "rule",
            "step",
            "rows",
            "accepted",
            "refused",
            "version",
            "watermark",
            "year",
        ),
        rules.is_count,
    ),
    **dict.fromkeys(("in_time", "satisfied", "triage"), rules.is_flag),
    **dict.fromkeys(("due", "step_due", "at", "was"), rules.is_moment),
    **dict.fromkeys(("day", "ends"), rules.is_day),
    **dict.fromkeys(("kind", "tree", "hash"), rules.is_code),
    **dict.fromkeys(("field", "lane", "outcome", "post"), rules.is_word),
    **dict.fromkeys(("cause", "channel", "ground", "result", "source", "verdict"), rules.is_label),
    **dict.fromkeys(("document", "number"), rules.is_reference),
    "clock": rules.is_clock_word,
    "fields": rules.is_path,
    "lanes": rules.is_lanes,
    "limit": rules.is_limit,
    "path": rules.is_path,
    "until": rules.is_day_or_moment,
    "values": rules.is_values,
}


@dataclass(frozen=True, slots=True)
class EntryKind:
    """One kind of entry: `sentence` words it for people, `required` and `optional` are the keys of its data."""

    code: str
    sentence: str | StrPromise
    required: frozenset[str]
    optional: frozenset[str]
    personal: Personal

    def check(self, data: Mapping[str, object]) -> None:
        """Raise unless `data` holds the required keys, no unknown ones, and only codes, ids, numbers and times.

        None is allowed for optional keys: it says that a value is known to be absent.
        """
        if lacking := self.required - data.keys():
            raise LedgerError(
                "missing-field", f"{self.code} 缺少 {'、'.join(sorted(lacking))}，没有记账。", kind=self.code
            )
        for key, value in data.items():
            if key not in self.required and key not in self.optional:
                raise LedgerError(
                    "unknown-field",
                    f"{self.code} 没有名为“{key}”的内容，没有记账。",
                    kind=self.code,
                    field=key,
                )
            if (value is None and key in self.optional) or SHAPES[key](value):
                continue
            message = f"{self.code} 的 {key} 只能写编号、代码、数或时间，不能写成文字说明；没有记账。"
            raise LedgerError("bad-value", message, kind=self.code, field=key)


KINDS: dict[str, EntryKind] = {}


def kind_of(code: str) -> EntryKind:
    """The registered kind. Raises LedgerError `unknown-kind`."""
    try:
        return KINDS[code]
    except KeyError:
        raise LedgerError("unknown-kind", f"没有名为“{code}”的记账类别，没有记账。", kind=code) from None


def _add(code: str, sentence: str | StrPromise, keys: str = "", personal: Personal = Personal.NONE) -> None:
    """Register a kind; `keys` are separated by blanks, required ones end with `*`."""
    words = keys.split()
    required = frozenset(word[:-1] for word in words if word.endswith("*"))
    optional = frozenset(word for word in words if not word.endswith("*"))
    if code in KINDS or not required | optional <= SHAPES.keys():
        raise LedgerError(
            "kind-registry", f"记账类别“{code}”登记有误：重复，或用了没有规定形状的内容。", kind=code
        )
    KINDS[code] = EntryKind(code, sentence, required, optional, personal)


_REFERS = Personal.REFERS

_add(
    "case.opened",
    _("提出"),
    "number* edition_id* limit due channel clock identity about about_unit source related lanes values",
    _REFERS,
)
_add("case.accepted", _("受理"), "step limit due")
_add("case.transferred", _("转办"), "step note from to")
_add("case.returned", _("退回"), "step note from")
_add("case.extension-asked", _("申请延期"), "limit* document note step*")
_add("case.extension-refused", _("不同意延期"), "note step")
_add("case.paused", _("暂停计时"), "ground* until note due step")
_add("case.resumed", _("恢复计时"), "due ground step step_due")
_add("case.supplemented", _("诉求人补充"), "note*")
_add("case.extended", _("延长期限"), "limit* document note due step step_due asker", _REFERS)
_add("case.drafted", _("拟写答复"), "reply* step*")
_add("case.answered", _("答复"), "reply* round")
_add("case.closed", _("办结"), "result* due round* in_time")
_add("case.reopened", _("重新办理"), "round* cause* note limit due lanes")
_add("case.withdrawn", _("撤回"), "note cause")
_add("case.noted", _("记录备注"), "note*")
_add("case.attached", _("上传附件"), "attachment*")
_add("case.merged", _("并入另一件"), "into* note")
_add("case.split", _("从合并件中分出"), "from* note")
_add("case.reminded", _("提醒"), "rule* level* round*", _REFERS)
_add("case.urged", _("督促"), "level* note")
_add("case.explained", _("说明情况"), "note*")
_add("case.gave", _("引出"), "related* kind step result")
_add("case.diverted", _("全程办理结果"), "outcome* lanes note")
_add("case.erased", _("按规定清除个人信息"), "ground* rows*")
_add("case.corrected", _("更正"), "corrected field values note")

_add("step.opened", _("进入环节"), "step* path post limit due round triage")
_add("step.done", _("完成环节"), "step* outcome* lanes note related kind")
_add("lane.opened", _("揭榜"), "lane* note")
_add("call.opened", _("征集揭榜"), "until")
_add("call.closed", _("截止揭榜"), "rows")
_add("case.chosen", _("选定"), "lanes* note")
_add("step.assigned", _("分派经办人"), "step* person*", _REFERS)

_add("judgement.drawn", _("抽取"), "hash* day* rows* drawn*")
_add("judgement.asked", _("请求评价"), "round due person", _REFERS)
_add("judgement.given", _("作出评价"), "round satisfied verdict values judgement")
_add("judgement.flagged", _("列为可疑评价"), "ground* round")
_add("judgement.appealed", _("对评价提出申诉"), "note round")
_add("judgement.upheld", _("评价有效"), "ground note round")
_add("judgement.voided", _("评价作废"), "round ground note")

_add("activity.planned", _("安排活动"), "until values")
_add("activity.held", _("开展活动"), "values until people")
_add("activity.changed", _("更正活动记录"), "fields values until people")
_add("activity.cancelled", _("取消活动"), "ground")
_add("activity.photographed", _("添加照片"), "attachment*")
_add("quantity.recorded", _("登记数量"), "document")
_add("duty.excused", _("准予免除"), "ground note until document excuse")
_add("duty.excuse-ended", _("不再免除"), "excuse*")
_add("duty.reminded", _("提醒经常任务"), "rule* level*", _REFERS)
_add("duty.confirmed", _("核实经常任务的依据"), "edition_id* document*")
_add("duty.confirmation-ended", _("撤回对依据的核实"), "edition_id*")

_add("entry.began", _("登记"), "values day")
_add("entry.changed", _("变更登记"), "values fields day")
_add("entry.ended", _("注销登记"), "ground day")

_add("organisation.began", _("设立"), "kind* tree* parent placement day*")
_add("organisation.renamed", _("更名"), "tree* placement* day*")
_add("organisation.moved", _("划转隶属"), "tree* from to placement* day*")
_add("organisation.merged", _("并入另一单位"), "into* day*")
_add("organisation.ended", _("撤销"), "day*")
_add("post.began", _("设立岗位"), "kind* day*")
_add("post.described", _("写明岗位职责"), "fields*")
_add("post.ended", _("撤销岗位"), "day*")
_add("appointment.began", _("任职"), "person* day*", _REFERS)
_add("appointment.ended", _("卸任"), "person* day*", _REFERS)
_add("relationship.began", _("建立关系"), "kind* day*")
_add("relationship.ended", _("解除关系"), "kind* day*")

_add("delegation.began", _("委托代办"), "person* day* ends", _REFERS)
_add("delegation.ended", _("结束代办"), "person* day*", _REFERS)
_add("visitor.began", _("注册"), "", _REFERS)
_add("claim.asked", _("申请代表企业"), "about* identity", _REFERS)
_add("claim.verified", _("核实代表企业"), "about* ground", _REFERS)
_add("claim.refused", _("不同意代表企业"), "about* ground", _REFERS)
_add("claim.ended", _("不再代表企业"), "about* ground", _REFERS)

_add("person.recorded", _("登记人员"), "", _REFERS)
_add("person.left", _("离任"), "day*", _REFERS)
_add("identity.recorded", _("登记身份信息"), "", _REFERS)
_add("identity.read", _("查看身份信息"), "reading*", _REFERS)
_add("identity.erased", _("清除身份信息"), "", _REFERS)
_add("account.opened", _("开通账号"), "person*", _REFERS)
_add("account.closed", _("停用账号"), "person", _REFERS)

_add("bulletin.drafted", _("拟稿"), "edition_id step round")
_add("bulletin.changed", _("修改稿件"), "fields")
_add("bulletin.signed", _("送签通过"), "sign*")
_add("bulletin.returned", _("退回修改"), "sign* note")
_add("bulletin.issued", _("发布"), "edition_id until round hash watermark values")
_add("bulletin.withdrawn", _("撤下"), "ground note")
_add("definition.published", _("发布定义"), "edition_id hash* day* values")
_add("calendar.published", _("公布放假安排"), "year* version document")
_add("clock.recalendared", _("按新的放假安排重算期限"), "due* was* year* version* step")
_add("score.frozen", _("核定得分"), "edition_id watermark* hash values")
_add("import.finished", _("导入完成"), "rows* accepted* refused* source")

_add("token.issued", _("签发密钥"), "account* until", _REFERS)
_add("token.revoked", _("停用密钥"), "account*", _REFERS)
_add("factor.added", _("增加登录验证方式"), "account*", _REFERS)
_add("factor.removed", _("移除登录验证方式"), "account*", _REFERS)
_add("account.locked", _("暂停登录"), "account* until*", _REFERS)
_add("session.ended", _("结束登录"), "account* rows", _REFERS)
_add("export.made", _("导出"), "rows*", _REFERS)
_add("hook.began", _("订阅推送"), "account*", _REFERS)
_add("hook.ended", _("停止推送"), "account* ground", _REFERS)
_add("message.retried", _("重新发送"), "")
_add("message.dropped", _("不再发送"), "ground")
_add("chore.taken", _("认领后台故障"), "person*", _REFERS)
_add("step.released", _("经办人离岗，由本单位另派"), "step* person*", _REFERS)
_add("organisation.described", _("更正登记信息"), "fields*")
_add("post.renamed", _("岗位更名"), "day*")
_add("person.changed", _("更正人员登记"), "fields*", _REFERS)
_add("account.reopened", _("恢复账号"), "person", _REFERS)
_add("account.renamed", _("更改账号名"), "person", _REFERS)
_add("account.unlocked", _("解除暂停登录"), "account*", _REFERS)
_add("password.changed", _("更改密码"), "account*", _REFERS)
_add("password.given", _("重设密码"), "account*", _REFERS)
_add("entry.confirmed", _("核对无误"), "day*")
_add("line.began", _("清单增加一项"), "day* values")
_add("line.changed", _("清单更改一项"), "day* fields* values")
_add("line.ended", _("清单去掉一项"), "day*")
_add("case.moved", _("改按新的一版办理"), "edition_id* edition_was* step clock limit at due was note")
_add("panel.formed", _("组成评审组"), "hash* round rows* drawn* due")
_add("panel.closed", _("评审汇总"), "round rows* drawn* values")
_add("judgement.recused", _("评审回避"), "round", _REFERS)
_add("hours.published", _("公布办公时间"), "day*")
_add("clock.retimed", _("按新的办公时间重算期限"), "due* was* version* step")
_add("entry.erased", _("按规定清除个人信息"), "ground* rows*")
_add("judgement.erased", _("按规定清除个人信息"), "ground* rows*")
