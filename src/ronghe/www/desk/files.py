"""Files on the page of a case: what is listed, and the form that adds some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.casework.queries.attachments import CaseFile, files_for
from ronghe.www.desk.answers import titles_of_files
from ronghe.www.files import FileLine
from ronghe.www.forms import PageForm
from ronghe.www.portal.forms import MOST_FILES, FilesField

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from ronghe.www.desk.page import CasePage


class EachFileField(FilesField):
    """Some files, at least one; each is judged by itself later, so that one bad file costs none of the others."""

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        bound = super().get_bound_field(form, field_name)
        bound.help_text = gettext("只有内部能看到。%(limits)s") % {"limits": bound.help_text}
        return bound

    def clean(self, value: Any) -> list[UploadedFile]:
        files: list[UploadedFile] = value or []
        if not files:
            raise forms.ValidationError(gettext("还没有选文件，请选好再提交。"))
        if len(files) > MOST_FILES:
            said = gettext("一次最多 %(most)d 个，您选了 %(n)d 个。请分几次加。")
            raise forms.ValidationError(said % {"most": MOST_FILES, "n": len(files)})
        return files


class AddFilesForm(PageForm):
    """Files that somebody who handles the case adds."""

    chosen = EachFileField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].label = _("选择文件")
        self.fields["chosen"].required = True


def files_on(page: CasePage) -> list[CaseFile]:
    """The files the reader of the page may fetch."""
    return files_for(page.case, page.powers, is_protected=page.is_protected, sealed=page.sealed)


def lines_on(page: CasePage) -> list[FileLine]:
    """The same as the page lists them; who added one is read from the timeline, which the page has anyway."""
    added = {line.data["attachment"]: line for line in page.lines if line.kind == "case.attached"}
    files = files_on(page)
    titles = titles_of_files(page) if any(file.field for file in files) else {}
    return [_line(page, file, added.get(file.no), titles.get(file.field, "")) for file in files]


def _line(page: CasePage, file: CaseFile, told: Any, under: str) -> FileLine:
    address = reverse("case-file", args=[page.case.number, file.no])
    if file.is_requesters:
        return FileLine(file, address, gettext("诉求人"), under)
    who = " ".join(word for word in (told.unit, told.who) if word) if told else ""
    return FileLine(file, address, who, under)
