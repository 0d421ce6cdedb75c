"""Files as they arrive: no more of one is kept than the limit, so that a 100 MB video costs no disk."""

from __future__ import annotations

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Writes up to `MAX_UPLOAD` bytes and only counts the rest.

    The form then sees the true size, names the file and the limit, and keeps everything that was typed.
    """

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start <= settings.MAX_UPLOAD:
            return super().receive_data_chunk(raw_data, start)
        return None
