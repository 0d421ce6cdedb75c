"""What the API remembers: the answers it gave, so that a request sent again is answered and not done again."""

from __future__ import annotations

from django.db import models


class Given(models.Model):
    """The answer to one write, written in the transaction of the act. Sealed, because it may hold a follow code."""

    token = models.ForeignKey(
        "organisations.Token", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=100, help_text="the Idempotency-Key that was sent")
    fingerprint = models.CharField(
        max_length=64, help_text="of the request: the same key with another one is refused"
    )
    status = models.PositiveSmallIntegerField()
    sealed = models.BinaryField()
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="given_once")]

    def __str__(self) -> str:
        return f"{self.status} {self.key}"
