"""A hasher that says how often it was made to work."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.hashers import MD5PasswordHasher


class CountingHasher(MD5PasswordHasher):
    asked = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        type(self).asked += 1
        return super().encode(*args, **kwargs)
