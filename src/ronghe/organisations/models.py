"""Organisations in dated trees, who sits where from day to day, and who may be known to whom."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ronghe.organisations.managers import AccountManager, OrganisationQuerySet


class Dated(models.Model):
    """Something true from `begins` on and before `ends` (None: still)."""

    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)

    class Meta:
        abstract = True


class Organisation(models.Model):
    """Anything that can hold responsibility. Its name and place in a tree are dated (`Placement`)."""

    code = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=64, help_text="code of an organisation definition")
    name = models.CharField(max_length=200, help_text="today's name; past names are in the placements")
    short_name = models.CharField(max_length=60, default="", blank=True)
    initials = models.CharField(
        max_length=120, default="", blank=True, help_text="pinyin initials of its names, to be found by"
    )
    credit_code = models.CharField(max_length=18, null=True, blank=True, unique=True)
    values = models.JSONField(default=dict, blank=True)
    begins = models.DateField()
    ends = models.DateField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged_from"
    )

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["kind"], name="organisation_kind"),
            models.Index(fields=["name"], name="organisation_name"),
            models.Index(fields=["initials"], name="organisation_initials"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class Placement(Dated):
    """The name and parent of an organisation in one tree, from a day to a day: all trees on one table."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="placements")
    tree = models.CharField(max_length=24, help_text="government, party, teams, others")
    parent = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="child_placements"
    )
    name = models.CharField(max_length=200)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gt=F("begins")), name="placement_days"),
            models.UniqueConstraint(
                fields=["organisation", "tree"], condition=Q(ends=None), name="placement_one_live"
            ),
            models.CheckConstraint(condition=~Q(parent=F("organisation")), name="placement_not_own_parent"),
        ]
        indexes = [
            models.Index(fields=["parent", "tree"], name="placement_children"),
            models.Index(fields=["name"], name="placement_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Identity(models.Model):
    """Name, phone and the like of someone, encrypted; found by phone or 身份证号 through blind indices; erasable."""

    sealed = models.BinaryField(null=True)
    phone_index = models.CharField(max_length=64, default="", blank=True, db_index=True)
    id_index = models.CharField(max_length=64, default="", blank=True, db_index=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"identity:{self.pk}"


class Reading(models.Model):
    """One reading of a protected identity: who and why. The ledger names it by id, so that the words can be erased."""

    identity = models.ForeignKey(Identity, on_delete=models.PROTECT, related_name="readings")
    actor = models.CharField(max_length=64)
    reason = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"reading:{self.pk}"


class Person(models.Model):
    """Somebody who holds posts. A requester without posts is an `Identity` only."""

    name = models.CharField(max_length=60)
    initials = models.CharField(
        max_length=40, default="", blank=True, help_text="pinyin initials of the name"
    )
    employee_number = models.CharField(max_length=40, null=True, blank=True, unique=True)
    identity = models.ForeignKey(Identity, null=True, blank=True, on_delete=models.SET_NULL)
    left_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Account(AbstractBaseUser):
    """A sign-in. What it may do follows from the person's appointments of the day."""

    username = models.CharField(max_length=60, unique=True)
    person = models.OneToOneField(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="account"
    )
    is_active = models.BooleanField(default=True)
    must_change = models.BooleanField(
        default=False,
        help_text="the password was given by an administrator and is changed at the next sign-in",
    )

    USERNAME_FIELD = "username"
    objects = AccountManager()

    def __str__(self) -> str:
        return self.username


class Token(models.Model):
    """A key with which something outside the pages acts for an account: the API, a calendar feed. Kept as a hash."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=60)
    hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list, help_text="words of `TOKEN_SCOPES`")
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class SavedFilter(models.Model):
    """A filter of a list that somebody gave a name to, to come back to."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="filters")
    page = models.CharField(max_length=60, help_text="the name of the list's address")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=600)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "page", "name"], name="filter_once")]

    def __str__(self) -> str:
        return self.name


class Post(Dated):
    """A seat or post in an organisation."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    kind = models.CharField(max_length=64, help_text="code of a post definition")
    title = models.CharField(max_length=100)
    values = models.JSONField(
        default=dict, blank=True, help_text="answers to the form of the post's definition"
    )

    class Meta:
        indexes = [models.Index(fields=["kind", "organisation"], name="post_kind")]

    def __str__(self) -> str:
        return self.title


class Appointment(Dated):
    """A person in a post from a day to a day."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="appointments")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends=None) | Q(ends__gte=F("begins")), name="appointment_days"
            ),
            models.UniqueConstraint(
                fields=["post", "person"], condition=Q(ends=None), name="appointment_one_live"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}@{self.post_id}"


class Delegation(Dated):
    """代办: while somebody is away, another does what they may, in their name; both are named in the ledger."""

    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_taken")
    reason = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("begins")), name="delegation_days"),
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="delegation_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.giver_id}→{self.taker_id}"


class Visitor(models.Model):
    """Somebody of the public who signs in by a code sent to their phone; name and phone are sealed in the identity."""

    identity = models.OneToOneField(Identity, on_delete=models.PROTECT, related_name="visitor")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"visitor:{self.pk}"


class VisitorDevice(models.Model):
    """A browser in which a visitor is signed in; gone, they are signed out there."""

    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="devices")
    session = models.CharField(max_length=40, help_text="key of the session it was last seen with")
    network = models.GenericIPAddressField()
    browser = models.CharField(max_length=200, default="", blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"device:{self.pk}"


class SignInCode(models.Model):
    """A code sent to a phone: kept as a hash, good for a few minutes and a few tries, once."""

    phone_index = models.CharField(max_length=64, db_index=True)
    identity = models.ForeignKey(
        Identity, null=True, on_delete=models.SET_NULL, related_name="+", help_text="to whom it was sent"
    )
    code_hash = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"code:{self.pk}"


class Tally(models.Model):
    """How often something was tried within one span of time; several web workers count on it together."""

    key = models.CharField(max_length=80, help_text="what is counted, then a hash of by whom")
    begins = models.DateTimeField()
    ends = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "begins"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.count}"


class Claim(models.Model):
    """That a visitor speaks for an enterprise: asked, then verified by its 统一代码 and somebody who knows it."""

    class State(models.TextChoices):
        ASKED = "asked", _("待核实")
        VERIFIED = "verified", _("已核实")
        REFUSED = "refused", _("未通过")
        ENDED = "ended", _("已解除")

    class Role(models.TextChoices):
        OWNER = "owner", _("企业管理员")
        DELEGATE = "delegate", _("经办人")

    visitor = models.ForeignKey(Visitor, on_delete=models.PROTECT, related_name="claims")
    enterprise = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="claims")
    role = models.CharField(max_length=12, choices=Role.choices, default=Role.OWNER)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.CharField(max_length=64, default="", blank=True)
    granted_by = models.ForeignKey(
        Visitor, null=True, blank=True, on_delete=models.PROTECT, related_name="delegates"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["visitor", "enterprise"],
                condition=Q(state__in=["asked", "verified"]),
                name="claim_one_live",
            )
        ]

    def __str__(self) -> str:
        return f"{self.visitor_id}→{self.enterprise_id}"


class Relationship(Dated):
    """A dated edge of a defined kind between two of: organisation, post, entry."""

    kind = models.CharField(max_length=64, help_text="code of a relationship definition")
    from_type = models.CharField(max_length=24)
    from_id = models.BigIntegerField()
    to_type = models.CharField(max_length=24)
    to_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "from_type", "from_id", "to_type", "to_id"],
                condition=Q(ends=None),
                name="relationship_one_live",
            )
        ]
        indexes = [
            models.Index(fields=["kind", "to_type", "to_id"], name="relationship_to"),
            models.Index(fields=["kind", "from_type", "from_id"], name="relationship_from"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.from_type}:{self.from_id}→{self.to_type}:{self.to_id}"
