"""Activities: what is planned and what happened, recorded once and counted on every side it touches."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from ronghe.activities.enums import Role, State
from ronghe.activities.managers import ActivityQuerySet
from ronghe.attaching import KeptRow


class Activity(models.Model):
    """Something with a time, a place, people and quantities. `organisation` recorded it; all organisers are sides."""

    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    activity = models.CharField(max_length=64, help_text="code of the activity definition")
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=State.choices, default=State.PLANNED)
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="activities"
    )
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=200, default="", blank=True)
    is_online = models.BooleanField(default=False)
    people = models.PositiveIntegerField(
        null=True, blank=True, help_text="how many took part; None: nobody said"
    )
    values = models.JSONField(default=dict, blank=True)
    quantities = models.JSONField(
        default=dict, blank=True, help_text="{code: {organiser id, or nothing: whole smallest units}}"
    )
    submission = models.UUIDField(null=True, blank=True, unique=True)
    source = models.CharField(max_length=60, default="", blank=True)
    source_number = models.CharField(max_length=80, default="", blank=True)
    opener = models.CharField(max_length=64)
    planned_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="seq of its last ledger entry")
    gave = models.JSONField(
        default=list, blank=True, help_text="what was made of its rows: [{row, type, id}]"
    )

    objects = ActivityQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_number"],
                condition=~Q(source_number=""),
                name="activity_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("begins_at")), name="activity_hours"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "begins_at"], name="activity_organisation"),
            models.Index(fields=["activity", "begins_at"], name="activity_kind"),
            models.Index(fields=["begins_at"], name="activity_begins"),
        ]

    def __str__(self) -> str:
        return self.title


class Side(models.Model):
    """Whom or what an activity touches, in which role: it counts for each of them."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="sides")
    role = models.CharField(max_length=12, choices=Role.choices)
    type = models.CharField(max_length=24, help_text="organisation, post, entry, relationship or case")
    ref = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "role", "type", "ref"], name="side_once")]
        indexes = [models.Index(fields=["type", "ref", "role"], name="side_lookup")]

    def __str__(self) -> str:
        return f"{self.role}={self.type}:{self.ref}"


class Participant(models.Model):
    """Who took part: somebody by name, or so many of an organisation. Names stand here only, never in the ledger."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="participants")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    person = models.ForeignKey(
        "organisations.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="participations"
    )
    count = models.PositiveIntegerField(default=1)
    part = models.CharField(
        max_length=24, default="", blank=True, help_text="chair, speaker, guide …: code of a part, or nothing"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "person"], condition=Q(person__isnull=False), name="participant_once"
            ),
            models.UniqueConstraint(
                fields=["activity", "organisation"], condition=Q(person=None), name="participants_once"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | Q(organisation__isnull=False), name="participant_somebody"
            ),
            models.CheckConstraint(condition=Q(person=None) | Q(count=1), name="participant_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}×{self.count}"


class Photo(KeptRow):
    """A picture of an activity: never asked for, never counted."""

    activity = models.ForeignKey(Activity, on_delete=models.CASCADE, related_name="photos")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["activity", "no"], name="photo_once")]
