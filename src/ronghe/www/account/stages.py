"""The steps between the password and being signed in."""

from __future__ import annotations

from allauth.mfa.stages import AuthenticateStage
from django.http import HttpResponse
from django.shortcuts import redirect


class SecondStep(AuthenticateStage):
    """A code or a passkey, for whoever set one up; a passkey used alone is both steps at once."""

    urlname = "second-step"

    def handle(self) -> tuple[HttpResponse | None, bool]:
        return (redirect("second-step") if self._should_handle(self.request) else None), True
