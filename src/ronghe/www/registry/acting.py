"""How an act of whoever administers is asked, said in words, and then done. What was typed is never lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, ClassVar, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, gettext_lazy as _

from ronghe.core.errors import RongheError
from ronghe.core.memory import forget
from ronghe.organisations.models import Organisation
from ronghe.organisations.queries import Powers, powers_of
from ronghe.organisations.queries.directory import ENTERPRISE
from ronghe.organisations.rules import may_administer
from ronghe.www.access import account_of, take_typed
from ronghe.www.desk.forms import UNITS, UnitField
from ronghe.www.forms import PageForm
from ronghe.www.registry.forms import DayField

MOST_OFFERED = 3000
CONFIRMED, BACK = "confirmed", "back"


class Act(PageForm):
    """One small form. `which`: the row it is about; `sentence` says in words what `do` does; both only once valid.

    `refused`: what whoever may not do it is told. `shown`: what the last page shows once and nobody keeps.
    """

    title: ClassVar[Any]
    explains: Any = ""
    refused: Any = _("这一步由系统管理员办理，没有保存。请把要改的内容告诉他们。")
    shown: str = ""

    def __init__(self, *args: Any, powers: Powers, which: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.powers, self.today, self.which = powers, powers.on, which
        self.build()
        self.dress()

    def build(self) -> None:
        """Add the fields that depend on what it is about; raises Http404 where that is not there."""

    def is_allowed(self) -> bool:
        """Whether who asks may do it."""
        return may_administer(self.powers)

    @property
    def subject(self) -> str:
        """What the page leads back to."""
        raise NotImplementedError

    @property
    def back(self) -> str:
        """Where that is."""
        raise NotImplementedError

    @property
    def after(self) -> str:
        """Where it goes on once done."""
        return self.back

    def units(self) -> list[str]:
        """The names offered for a field of a unit."""
        if not any(isinstance(field, UnitField) for field in self.fields.values()):
            return []
        offered = self.offered(Organisation.objects.live(self.today))
        return list(offered.order_by("name").values_list("name", flat=True)[:MOST_OFFERED])

    def offered(self, live: Any) -> Any:
        """Which of the live units are offered: no enterprises unless an act means them."""
        return live.exclude(kind=ENTERPRISE)

    def sentence(self) -> str:
        """What will happen."""
        raise NotImplementedError

    def do(self, *, actor: str, at: dt.datetime) -> None:
        """Ask the domain. Raises RongheError."""
        raise NotImplementedError

    @property
    def typed(self) -> Iterable[tuple[str, Any]]:
        """What the page of the sentence carries on."""
        return [(key, value) for key, value in self.data.items() if key in self.fields]


class DatedAct(Act):
    """An act that is true from a day on."""

    on = DayField(label=_("从哪一天起"), required=True, help_text=_("可以补记过去的日子，不能写将来的。"))

    def __init__(self, *args: Any, powers: Powers, **kwargs: Any) -> None:
        kwargs["initial"] = {"on": powers.on} | (kwargs.get("initial") or {})
        super().__init__(*args, powers=powers, **kwargs)
        self.order_fields([name for name in self.fields if name != "on"] + ["on"])

    @property
    def asked_on(self) -> dt.date:
        """The day written, for finding names of that day; today while it cannot be read."""
        try:
            return self.fields["on"].clean(self.data.get("on")) or self.today
        except forms.ValidationError:
            return self.today

    @property
    def words(self) -> dict[str, str]:
        """What every sentence may name."""
        return {"day": date_format(self.cleaned_data["on"])}

    def _when(self, actor: str, at: dt.datetime) -> dict[str, Any]:
        return {"actor": actor, "at": at, "on": self.cleaned_data["on"]}


Asked = TypeVar("Asked", bound=Act)


def asked(request: HttpRequest, act: type[Asked], **about: Any) -> Asked:
    """The form of the act: as sent, as typed before the sign-in ran out, or blank. Who may not do it is refused."""
    data: Any = request.POST if request.method == "POST" else None
    kept: dict[str, Any] = (
        {key: values[-1] for key, values in take_typed(request).items()} if data is None else {}
    )
    powers = powers_of(request.user, timezone.localdate())
    form = act(data, powers=powers, initial=kept, **about)
    if not form.is_allowed():
        raise PermissionDenied(str(form.refused))
    return form


def perform(request: HttpRequest, form: Act) -> HttpResponse:
    """Ask; say what will happen, having tried it; do it once confirmed."""
    if not form.is_bound:
        return _show(request, form)
    step = request.POST.get("step", "")
    if not form.is_valid() or step == BACK:
        return _show(request, form, status=200 if form.is_valid() else 422)
    try:
        _do(form, request, is_trial=step != CONFIRMED)
    except RongheError as error:
        form.add_error(None, error.message)
        return _show(request, form, status=422)
    if step != CONFIRMED:
        return _show(request, form, said=form.sentence())
    said = gettext("已经登记：%(said)s") % {"said": form.sentence()}
    if form.shown:
        return render(request, "administration/shown.html", {"form": form, "said": said})
    messages.success(request, said)
    return redirect(form.after)


def _do(form: Act, request: HttpRequest, *, is_trial: bool) -> None:
    """Do it in one piece; a trial is undone again, and only tells whether it could be done."""
    with transaction.atomic():
        form.do(actor=f"person:{account_of(request).person_id}", at=timezone.localtime())
        transaction.set_rollback(is_trial)
    forget()


def _show(request: HttpRequest, form: Act, *, said: str = "", status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "said": said,
        "typed": form.typed if said else [],
        "units": [] if said else form.units(),
        "datalist": UNITS,
    }
    return render(request, "registry/act.html", context, status=status)
