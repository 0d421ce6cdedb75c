"""Posts: set up in a unit, described, renamed, abolished."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from ronghe.core.memory import forget
from ronghe.definitions import queries as definitions
from ronghe.definitions.enums import Kind
from ronghe.ledger import domain as ledger
from ronghe.organisations.domain.administrators import keeping_an_administrator
from ronghe.organisations.domain.appointments import end_all, refuse_before
from ronghe.organisations.domain.days import day_of
from ronghe.organisations.exceptions import OrganisationError, in_words
from ronghe.organisations.models import Organisation, Post

TITLE_MOST = 100


def create_post(
    organisation: Organisation,
    *,
    kind: str,
    actor: str,
    at: dt.datetime,
    title: str = "",
    on: dt.date | None = None,
) -> Post:
    """Set up a post of a defined kind in an organisation the kind may stand in; titled as the kind unless said otherwise."""
    day = day_of(at, on)
    definition = definitions.get(Kind.POST, kind, day)
    body = definition.body
    if body.in_ and organisation.kind not in body.in_:
        message = f"岗位“{body.title}”不能设在“{organisation.name}”这类单位，没有保存。请另选岗位或单位。"
        raise OrganisationError("post-not-here", message, kind=kind, organisation=organisation.pk)
    with transaction.atomic():
        unit = Organisation.objects.select_for_update().get(pk=organisation.pk)
        if unit.begins > day or unit.ends is not None:
            message = f"“{unit.name}”在 {in_words(day)} 不在运行，没有设岗。请选择当时在运行的单位。"
            raise OrganisationError("organisation-not-live", message, organisation=unit.pk)
        forget()
        post = Post.objects.create(
            organisation=unit, kind=kind, title=title.strip() or body.title, begins=day
        )
        ledger.record(
            "post.began",
            subject=("post", post.pk),
            actor=actor,
            at=at,
            organisation_id=unit.pk,
            code=kind,
            data={"kind": kind, "day": day.isoformat()},
        )
    return post


def describe_post(post: Post, *, values: Mapping[str, object], actor: str, at: dt.datetime) -> Post:
    """Write down what the form of the post's definition asks, such as both duties of a leader. The same again is nothing.

    Raises OrganisationError `nothing-asked`, `post-not-live`, `wrong-values` (its `errors` one sentence a field).
    """
    day = day_of(at, None)
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        form = definitions.get(Kind.POST, row.kind, day).body.form
        if form is None:
            message = f"岗位“{row.title}”没有要写明的内容，没有保存。"
            raise OrganisationError("nothing-asked", message, post=row.pk)
        if row.ends is not None:
            message = f"岗位“{row.title}”已经撤销，没有保存。请在接替它的岗位上写。"
            raise OrganisationError("post-not-live", message, post=row.pk)
        cleaned = form.clean(values, definitions.lists_of(form, day))
        if not cleaned.is_valid:
            message = "有内容不合要求，没有保存。请按每项的提示修改。"
            raise OrganisationError("wrong-values", message, errors=cleaned.errors)
        changed = [code for code in form.titles if cleaned.values.get(code) != row.values.get(code)]
        if changed:
            row.values = cleaned.values
            row.save(update_fields=["values"])
            forget()
            ledger.record(
                "post.described",
                subject=("post", row.pk),
                actor=actor,
                at=at,
                organisation_id=row.organisation_id,
                code=row.kind,
                data={"fields": changed},
            )
    return row


def rename_post(post: Post, *, title: str, actor: str, at: dt.datetime) -> Post:
    """Call a post otherwise from now on. Nothing happens for the same title.

    Raises OrganisationError `title-wrong`, `post-not-live`.
    """
    title = " ".join(title.split())
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        if not title or len(title) > TITLE_MOST:
            message = f"岗位名称要有 1 至 {TITLE_MOST} 个字，没有保存。请补全或写短一些。"
            raise OrganisationError("title-wrong", message, post=row.pk)
        if row.ends is not None:
            message = f"岗位“{row.title}”已于 {in_words(row.ends)} 撤销，没有改名。"
            raise OrganisationError("post-not-live", message, post=row.pk)
        if title != row.title:
            row.title = title
            row.save(update_fields=["title"])
            forget()
            ledger.record(
                "post.renamed",
                subject=("post", row.pk),
                actor=actor,
                at=at,
                organisation_id=row.organisation_id,
                code=row.kind,
                data={"day": day_of(at, None).isoformat()},
            )
    return row


def end_post(post: Post, *, actor: str, at: dt.datetime, on: dt.date | None = None) -> Post:
    """Abolish a post; whoever is in it leaves it that day. Nothing happens when it already ended."""
    day = day_of(at, on)
    with transaction.atomic():
        row = Post.objects.select_for_update().get(pk=post.pk)
        if row.ends is None:
            with keeping_an_administrator(at, [row.kind]):
                _end_post(row, day, actor, at)
    return row


def close_posts(organisation: Organisation, day: dt.date, *, actor: str, at: dt.datetime) -> None:
    """End every post of an organisation that ends; called in its transaction."""
    posts = list(Post.objects.select_for_update().filter(organisation=organisation, ends=None).order_by("pk"))
    with keeping_an_administrator(at, [post.kind for post in posts]):
        for post in posts:
            _end_post(post, day, actor, at)


def _end_post(post: Post, day: dt.date, actor: str, at: dt.datetime) -> None:
    refuse_before(day, post.begins, f"岗位“{post.title}”")
    end_all(post.appointments.filter(Q(ends=None) | Q(ends__gt=day)), day, actor, at)
    forget()
    post.ends = day
    post.save(update_fields=["ends"])
    ledger.record(
        "post.ended",
        subject=("post", post.pk),
        actor=actor,
        at=at,
        organisation_id=post.organisation_id,
        code=post.kind,
        data={"day": day.isoformat()},
    )
