"""Which file, and what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ronghe.ledger.rules import is_label
from ronghe.management.imports.run import SOURCE_MOST, TITLES, Kind
from ronghe.www.forms import PageForm
from ronghe.www.registry.forms import choice_field


class ImportForm(PageForm):
    """A file to be looked at. What the reader of files refuses is said beside the file."""

    kind = forms.ChoiceField(
        label=_("文件里是什么"),
        choices=[(kind.value, TITLES[kind]) for kind in Kind],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一种。"), "invalid_choice": _("没有这一种，请从列出的里面选。")},
    )
    file = forms.FileField(
        label=_("文件"),
        help_text=_(".xlsx 或 .csv，首行是列名，最大 100 MB。"),
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
        error_messages={
            "required": _("请选择文件。"),
            "empty": _("这个文件是空的，请核对后重新选择。"),
            "invalid": _("文件没有传上来，请重新选择。"),
        },
    )
    source = forms.CharField(
        label=_("办件来源"),
        required=False,
        max_length=SOURCE_MOST,
        help_text=_("例如 市长信箱。同一来源的同一编号只导入一次；不填就用文件名。"),
        error_messages={"max_length": _("来源最多 40 字，请写短一些。")},
    )
    may_found = forms.BooleanField(
        label=_("责任单位没有登记的，先登记再导入"),
        required=False,
        help_text=_("只对办件有用。不勾选时，这样的行不导入。"),
    )

    def __init__(self, *args: Any, kinds: Sequence[Kind] = tuple(Kind), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice_field(self, "kind").choices = [(kind.value, TITLES[kind]) for kind in kinds]
        self.initial.setdefault("kind", kinds[0].value)
        if Kind.CASES not in kinds:
            del self.fields["source"], self.fields["may_found"]

    def clean_source(self) -> str:
        source: str = self.cleaned_data["source"].strip()
        if source and not is_label(source):
            raise forms.ValidationError(
                _("来源里有不能用的符号或 7 位以上的连续数字，请改成 市长信箱 这样的短词。")
            )
        return source
