"""Files as they arrive: no more of one is kept than the limit, so that a 100 MB video costs no disk."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.urls import reverse


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Writes up to `MAX_UPLOAD` bytes (of a table to be imported, `MAX_IMPORT`) and only counts the rest.

    The form then sees the true size, names the file and the limit, and keeps everything that was typed.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start <= self.most:
            return super().receive_data_chunk(raw_data, start)
        return None

    @cached_property
    def most(self) -> int:
        """How much of a file is kept on this page."""
        is_import = self.request is not None and self.request.path == reverse("imports")
        return settings.MAX_IMPORT if is_import else settings.MAX_UPLOAD
