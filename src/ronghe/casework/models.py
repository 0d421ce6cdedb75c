"""Cases and what belongs to one. Rows are a projection of the ledger, kept for lists and pages (`reconcile` compares)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from ronghe.attaching import KeptRow
from ronghe.casework.enums import CaseState, RunState
from ronghe.casework.managers import CaseQuerySet

ORGANISATION = "organisations.Organisation"


class Case(models.Model):
    """Work owed to someone by a time, running an edition of a procedure. One writer: `casework.domain`."""

    number = models.CharField(max_length=40, unique=True)
    code_hash = models.CharField(max_length=64, default="", blank=True)
    edition = models.ForeignKey("definitions.Edition", on_delete=models.PROTECT, related_name="+")
    procedure = models.CharField(max_length=64)
    title = models.CharField(max_length=200)
    values = models.JSONField(default=dict, blank=True)
    channel = models.CharField(max_length=40, default="", blank=True)
    source = models.CharField(max_length=60, default="", blank=True)
    source_number = models.CharField(max_length=80, default="", blank=True)
    submission = models.UUIDField(null=True, blank=True, unique=True)
    identity = models.ForeignKey(
        "organisations.Identity", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    opener = models.CharField(max_length=64)
    about = models.ForeignKey(
        ORGANISATION, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_about"
    )
    about_unit = models.ForeignKey(
        ORGANISATION,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases_complaining_of",
        db_index=False,
    )
    first_receiver = models.ForeignKey(
        ORGANISATION, null=True, blank=True, on_delete=models.PROTECT, related_name="cases_first_received"
    )
    responsible = models.ForeignKey(
        ORGANISATION,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases_responsible",
        db_index=False,
    )
    related = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="relating", db_index=False
    )
    thing_type = models.CharField(
        max_length=24, default="", blank=True, help_text="what else it is about: entry, activity, post …"
    )
    thing_id = models.BigIntegerField(null=True, blank=True)
    came_from_type = models.CharField(
        max_length=24, default="", blank=True, help_text="what gave rise to it: case, activity, judgement …"
    )
    came_from_id = models.BigIntegerField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    chosen = models.JSONField(default=list, blank=True, help_text="lanes chosen in an open call")
    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.OPEN)
    result = models.CharField(max_length=40, default="", blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    marking = models.JSONField(default=dict, blank=True)
    clock = models.JSONField(default=dict, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    paused_at = models.DateTimeField(null=True, blank=True)
    pause_ground = models.CharField(max_length=64, default="", blank=True)
    paused_until = models.DateTimeField(null=True, blank=True, help_text="when the pause ends by itself")
    asked = models.JSONField(
        default=dict, blank=True, help_text="the extension asked for, until somebody settles it"
    )
    reminded = models.JSONField(
        default=list, blank=True, help_text="which escalations of this round were carried out"
    )
    call_until = models.DateTimeField(
        null=True, blank=True, help_text="until when an open call takes answers"
    )
    urged = models.PositiveSmallIntegerField(default=0, help_text="the highest level of urging of this round")
    opened_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, help_text="seq of the last ledger entry of this case")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_number"], condition=~Q(source_number=""), name="case_imported_once"
            )
        ]
        indexes = [
            models.Index(fields=["state", "due"], name="case_state_due"),
            models.Index(fields=["responsible", "state", "due"], name="case_responsible"),
            models.Index(fields=["-opened_at", "-id"], name="case_opened"),
            models.Index(
                fields=["thing_type", "thing_id"], condition=Q(thing_id__isnull=False), name="case_thing"
            ),
            models.Index(
                fields=["came_from_type", "came_from_id"],
                condition=Q(came_from_id__isnull=False),
                name="case_came_from",
            ),
            # Most cases have none of these: who files does not wait for their indexes.
            models.Index(
                fields=["about_unit"], condition=Q(about_unit__isnull=False), name="case_about_unit"
            ),
            models.Index(fields=["related"], condition=Q(related__isnull=False), name="case_related"),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_merged_into"
            ),
            # As PostgreSQL orders nothing and something by itself, this is the order of the list of all cases.
            models.Index(fields=["-closed_at", "due", "opened_at", "id"], name="case_listed"),
        ]

    def __str__(self) -> str:
        return self.number


class Step(models.Model):
    """One open or done step of a case, with its holder and its own clock."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps", db_index=False)
    no = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=64)
    path = models.JSONField(default=list, blank=True)
    round = models.PositiveSmallIntegerField(default=1)
    holder = models.ForeignKey(
        ORGANISATION,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="steps_held",
        db_index=False,
    )
    post = models.CharField(max_length=64, default="", blank=True)
    assignee = models.ForeignKey(
        "organisations.Person",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    opened_at = models.DateTimeField()
    clock = models.JSONField(default=dict, blank=True)
    due = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=64, default="", blank=True)
    outcome = models.CharField(max_length=40, default="", blank=True)
    values = models.JSONField(default=dict, blank=True, help_text="what a lane of an open call said")
    written_by = models.CharField(
        max_length=64, default="", blank=True, help_text="whose draft is checked here, who may not check it"
    )

    run_type = models.CharField(
        max_length=24, default="", blank=True, help_text="what runs it: case, activity …"
    )
    run_id = models.BigIntegerField(null=True, blank=True)
    run_state = models.CharField(max_length=12, choices=RunState.choices, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="step_once")]
        indexes = [
            models.Index(fields=["holder", "due"], condition=Q(done_at=None), name="step_open_by_holder"),
            models.Index(fields=["post"], condition=Q(done_at=None), name="step_open_by_post"),
            models.Index(fields=["holder", "case"], name="step_held"),
            models.Index(fields=["assignee"], condition=Q(assignee__isnull=False), name="step_assignee"),
        ]

    def __str__(self) -> str:
        return f"{self.code}#{self.no}"


class Involved(models.Model):
    """A unit that held a step of a case and neither answers for it nor heard it first: few, and they see it too."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="involved", db_index=False)
    organisation = models.ForeignKey(ORGANISATION, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "case"], name="involved_once")]
        indexes = [models.Index(fields=["case"], name="involved_case")]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.organisation_id}"


class Reply(models.Model):
    """A reply as written, never changed: a revised one is the next. `no` counts within the case and is what the ledger
    names; unsent (`sent_at` None) it is a draft that the requester never sees.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="replies")
    no = models.PositiveSmallIntegerField()
    round = models.PositiveSmallIntegerField(default=1)
    text = models.TextField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    organisation = models.ForeignKey(ORGANISATION, null=True, on_delete=models.PROTECT, related_name="+")
    parts = models.JSONField(
        default=dict, blank=True, help_text="the parts of its template, to write on from"
    )
    promises = models.JSONField(default=list, blank=True, help_text="what it promises: [{text, due}]")
    sent_at = models.DateTimeField(null=True, blank=True)
    checked_by = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="reply_once")]

    def __str__(self) -> str:
        return f"reply {self.no}"


class Note(models.Model):
    """A reason or remark in words (the ledger names it by `no`, so that words can be erased)."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    no = models.PositiveSmallIntegerField()
    text = models.TextField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="note_once")]

    def __str__(self) -> str:
        return f"note {self.no}"


class Attachment(KeptRow):
    """A file of a case: name sanitised, type and size checked, served through the case's own permission."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attachments")
    field = models.CharField(
        max_length=64,
        default="",
        blank=True,
        help_text="the field of a form it answers; empty: of the case as a whole",
    )
    step = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="the step whose form it answers; none: the form the case was filed with",
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "no"], name="attachment_once")]


class Draft(models.Model):
    """What somebody signed in is still typing, so that it survives a closed browser. Sealed; `owner` is an actor."""

    owner = models.CharField(max_length=64)
    place = models.CharField(max_length=120, help_text="which form of which page")
    sealed = models.BinaryField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["owner", "place"], name="draft_once")]

    def __str__(self) -> str:
        return f"{self.owner} {self.place}"


class Numbering(models.Model):
    """The last number given for one prefix (a procedure's number up to its seq)."""

    prefix = models.CharField(max_length=60, unique=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.prefix}{self.last}"


class SearchText(models.Model):
    """What a case is found by: its words as everybody who may see it reads them, personal data covered.

    Triggers of the database keep the index itself (FTS5 on SQLite, `vector` on PostgreSQL): see the migration `search`.
    """

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.CASCADE, related_name="search_text")
    fields = models.JSONField(default=list, help_text="[[what it is, its words], …]")
    tokens = models.TextField(
        help_text="`text.tokens.document` of them; PostgreSQL keeps them in `vector` only"
    )

    def __str__(self) -> str:
        return f"search text of {self.case_id}"


class SearchMark(models.Model):
    """Up to which place of the ledger the search texts are, and under which edition of the rules they were cut. One row."""

    position = models.BigIntegerField(default=0)
    edition = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"up to {self.position}"
