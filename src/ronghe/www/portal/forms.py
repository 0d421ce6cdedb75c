"""What the portal asks: one text first, then what its kind needs, then who and how to reach them."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core import creditcode
from ronghe.core.errors import RongheError
from ronghe.core.forms import Form
from ronghe.core.forms.kinds import FieldType
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import by_credit_code
from ronghe.www.fields import ACCEPT, LONG_TEXT, ManyFiles
from ronghe.www.forms import PageForm
from ronghe.www.portal.offers import Offer
from ronghe.www.references import units_of

MOST_FILES = 9
FEWEST_DIGITS, MOST_DIGITS = 7, 16  # of a telephone number, an extension included
TEXT_LENGTH = 4000
FIRMS = "firms"  # the id of the list of enterprises a visitor speaks for


def main_text(definition: Form | None) -> str:
    """The code of the field in which a requester tells the matter: `detail`, or the first long text."""
    fields = definition.fields if definition else ()
    long_ones = [field.code for field in fields if field.type is FieldType.TEXT and field.limit > LONG_TEXT]
    return "detail" if "detail" in long_ones or not long_ones else long_ones[0]


class StartForm(PageForm):
    """The first page: say it, and which kind it is."""

    text = forms.CharField(
        label=_("请说说是什么事"),
        help_text=_("什么时间、什么地点、希望怎么解决，想到什么写什么。姓名电话后面再填，不用写在这里。"),
        widget=forms.Textarea({"rows": 7, "maxlength": TEXT_LENGTH}),
        max_length=TEXT_LENGTH,
        error_messages={
            "required": _("还没有写是什么事。请先写几句。"),
            "max_length": _("最多 %(limit_value)d 个字，现有 %(show_value)d 个字，请删减。"),
        },
    )
    kind = forms.ChoiceField(
        label=_("这是哪一类"),
        widget=forms.RadioSelect(),
        error_messages={
            "required": _("请选一类。拿不准就选最接近的，选错了会有人帮您转。"),
            "invalid_choice": _("没有这一类，请从列出的里面选。"),
        },
    )

    def __init__(self, *args: Any, offers: list[Offer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs |= {
            "hx-post": reverse("submit-similar"),
            "hx-trigger": "input changed delay:1s",
            "hx-target": "#hints",
            "hx-swap": "outerHTML",
            "hx-sync": "this:replace",
        }
        set_choices(self, "kind", [(offer.code, _offered(offer)) for offer in offers])


def set_choices(form: forms.Form, name: str, choices: list[tuple[str, str]]) -> None:
    """Fill in what a field of a form offers today."""
    field = form.fields[name]
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - every field named here is one
    field.choices = choices


def _offered(offer: Offer) -> str:
    return format_html(
        '<span><b>{}</b><br><span class="muted small">{}</span></span>', offer.title, offer.about
    )


class FilesField(forms.Field):
    """Photos and papers: no more and no larger than the limits; the sentence names the file."""

    def __init__(self) -> None:
        super().__init__(
            label=_("照片和材料"), required=False, widget=ManyFiles({"accept": ACCEPT, "multiple": True})
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        """The limits are told in today's language and by today's settings."""
        said = gettext("可以现在拍照，也可以选文件；最多 %(files)d 个，每个不超过 %(size)d MB。")
        self.help_text = said % {"files": MOST_FILES, "size": settings.MAX_UPLOAD // 1024 // 1024}
        return super().get_bound_field(form, field_name)

    def clean(self, value: Any) -> list[UploadedFile]:
        files: list[UploadedFile] = value or []
        most = settings.MAX_UPLOAD // 1024 // 1024
        large = [str(file.name) for file in files if (file.size or 0) > settings.MAX_UPLOAD]
        if large:
            said = gettext(
                "“%(names)s”超过 %(most)d MB，没有收下。请压缩或换一个小的；其他照片也要重新选一次。"
            )
            raise forms.ValidationError(said % {"names": "、".join(large), "most": most}, code="too-large")
        if len(files) > MOST_FILES:
            said = gettext("一次最多 %(most)d 个，您选了 %(n)d 个。请少选几个，提交后还可以补充。")
            raise forms.ValidationError(said % {"most": MOST_FILES, "n": len(files)})
        return files


class PartsForm(PageForm):
    """What goes with every submission: the enterprise, how to reach the requester, photos."""

    credit_code = forms.CharField(
        label=_("统一社会信用代码"),
        help_text=_("营业执照上 18 位的代码。"),
        max_length=40,
        required=False,
        error_messages={"max_length": _("代码是 18 位，请核对。")},
    )
    enterprise_name = forms.CharField(
        label=_("企业名称"),
        max_length=100,
        required=False,
        error_messages={"max_length": _("企业名称最多 100 个字。")},
    )
    about_unit = forms.ChoiceField(
        label=_("反映的是哪个单位"),
        help_text=_("选了它，这件事就不会转给它办，它也看不到。"),
        required=False,
        error_messages={"invalid_choice": _("没有这个单位，请从列出的里面选。")},
    )
    name = forms.CharField(
        label=_("姓名"), max_length=60, required=False, error_messages={"max_length": _("姓名最多 60 个字。")}
    )
    phone = forms.CharField(
        label=_("电话"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"type": "tel"}),
        error_messages={"max_length": _("电话太长了，请核对。")},
    )
    photos = FilesField()

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer = offer
        self.enterprise: Organisation | None = None
        self.is_unknown_enterprise = False
        self.fields["credit_code"].required = offer.wants_enterprise
        self.fields["credit_code"].error_messages["required"] = gettext("请填写统一社会信用代码。")
        self.fields["credit_code"].widget.attrs |= {
            "hx-get": reverse("enterprise-lookup"),
            "hx-trigger": "change",
            "hx-target": "#enterprise",
            "hx-swap": "outerHTML",
            "list": FIRMS,
        }
        if offer.is_protected:
            none = ("", gettext("不针对哪个单位"))
            set_choices(self, "about_unit", [none, *units_of(timezone.localdate())])
        else:
            del self.fields["about_unit"]
        autofill = {"name": "name", "phone": "tel", "enterprise_name": "organization", "credit_code": "off"}
        for name, word in autofill.items():
            self.fields[name].widget.attrs["autocomplete"] = word

    @property
    def asks_enterprise(self) -> bool:
        """Whether an enterprise may stand behind this kind of case."""
        return self.offer.wants_enterprise or self.offer.may_be_about_enterprise

    def clean_phone(self) -> str:
        """A number that can be called, mobile or not; messages go there, so that a slip is said at once."""
        typed: str = self.cleaned_data["phone"].strip()
        if typed and not FEWEST_DIGITS <= sum(letter.isdigit() for letter in typed) <= MOST_DIGITS:
            said = gettext("电话应为 11 位手机号，或带区号的座机号，请核对；不想留可以空着。")
            raise forms.ValidationError(said, code="phone")
        return typed

    def clean_credit_code(self) -> str:
        """Checked by its check digit and looked up."""
        typed: str = self.cleaned_data["credit_code"]
        if not typed:
            return ""
        try:
            code = creditcode.check(typed)
        except RongheError as error:
            raise forms.ValidationError(error.message) from error
        self.enterprise = by_credit_code(code)
        return code

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        code = values.get("credit_code")
        if code and self.enterprise is None:
            self.is_unknown_enterprise = True
            if not values.get("enterprise_name"):
                said = gettext("系统里还没有这个代码。请核对；没有错的话，请填上企业名称，我们登记后核实。")
                self.add_error("enterprise_name", said)
        return values

    @property
    def is_too_large(self) -> bool:
        """Whether it is a file's size that was refused."""
        return bool(self.errors) and self.has_error("photos", "too-large")


class FollowForm(PageForm):
    """Number and code."""

    number = forms.CharField(
        label=_("编号"),
        max_length=60,
        error_messages={"required": _("请填写编号。"), "max_length": _("编号太长了，请核对。")},
    )
    code = forms.CharField(
        label=_("查询码"),
        max_length=40,
        error_messages={"required": _("请填写查询码。"), "max_length": _("查询码太长了，请核对。")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("number", "code"):
            self.fields[name].widget.attrs |= {
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
            }

    def clean_number(self) -> str:
        """As printed, whatever the phone's keyboard made of it."""
        return "".join(str(self.cleaned_data["number"]).split()).upper()

    def clean_code(self) -> str:
        return "".join(str(self.cleaned_data["code"]).split()).upper()


class NoteForm(PageForm):
    """Words and photos added to a running case."""

    text = forms.CharField(
        label=_("补充说明"),
        widget=forms.Textarea({"rows": 4, "maxlength": 2000}),
        max_length=2000,
        error_messages={
            "required": _("还没有填写内容，请填写后再提交。"),
            "max_length": _("最多 %(limit_value)d 个字，现有 %(show_value)d 个字，请删减。"),
        },
    )
    photos = FilesField()


class WithdrawForm(PageForm):
    """Why it is taken back, if the requester cares to say."""

    reason = forms.CharField(
        label=_("为什么撤回"),
        required=False,
        widget=forms.Textarea({"rows": 2, "maxlength": 500}),
        max_length=500,
        error_messages={"max_length": _("最多 %(limit_value)d 个字，现有 %(show_value)d 个字，请删减。")},
    )


def submission_of(typed: str) -> uuid.UUID:
    """The submission a page was made for; a new one when it was tampered with."""
    try:
        return uuid.UUID(typed)
    except ValueError:
        return uuid.uuid4()
