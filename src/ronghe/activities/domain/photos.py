"""Photos: optional, never counted, taken away again by who may change the activity."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Max

from ronghe.activities.domain.recording import lock
from ronghe.activities.enums import State
from ronghe.activities.exceptions import DomainError
from ronghe.activities.models import Activity, Photo
from ronghe.attaching import PICTURES, FileRefused, Sent, checked, digest_of, stored
from ronghe.casework.domain import By
from ronghe.ledger.domain import record

MOST_PHOTOS = 12
KEPT_TYPES = PICTURES | {"image/heic"}


def add_photo(activity_id: int, by: By, *, file: Sent) -> Activity:
    """Keep a picture with the activity; the same picture again changes nothing.

    Raises DomainError `file-too-large`, `file-type`, `file-empty`, `files-too-many`, `not-yours`, `cancelled`.
    """
    try:
        name, content_type = checked(file)
    except FileRefused as error:
        raise DomainError(error.code, error.message) from error
    if content_type not in KEPT_TYPES:
        raise DomainError("file-type", f"“{name}”不是照片，没有收下。请传 JPG、PNG 等照片。")
    digest = digest_of(file)
    with transaction.atomic():
        activity = lock(activity_id, by)
        if activity.state == State.CANCELLED:
            raise DomainError("cancelled", "这次活动已经取消，不再收照片。")
        if activity.photos.filter(sha256=digest).exclude(path="").exists():
            return activity
        if activity.photos.exclude(path="").count() >= MOST_PHOTOS:
            raise DomainError("files-too-many", f"最多 {MOST_PHOTOS} 张照片，已经满了。")
        number = (activity.photos.aggregate(last=Max("no"))["last"] or 0) + 1
        with stored(f"activities/{activity.pk}/{number}-{digest[:12]}", file) as path:
            Photo.objects.create(
                activity=activity, no=number, name=name, size=file.size or 0, content_type=content_type,
                sha256=digest, path=path, at=by.at, actor=by.actor,
            )  # fmt: skip
            entry = record(
                "activity.photographed",
                subject=("activity", activity.pk),
                actor=by.actor,
                at=by.at,
                organisation_id=activity.organisation_id,
                code=activity.activity,
                data={"attachment": number},
                origin=by.origin,
            )
            activity.revision = entry.seq
            activity.save(update_fields=["revision"])
        return activity


def remove_photo(activity_id: int, by: By, *, no: int) -> Activity:
    """Forget a picture; that there was one stays in the ledger by its number."""
    with transaction.atomic():
        activity = lock(activity_id, by)
        photo = activity.photos.filter(no=no).exclude(path="").first()
        if photo is None:
            return activity
        path = photo.path
        photo.path, photo.name = "", ""
        photo.save(update_fields=["path", "name"])
        transaction.on_commit(lambda: default_storage.delete(path))
        return activity
