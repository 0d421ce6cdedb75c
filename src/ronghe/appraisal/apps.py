"""The appraisal room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django under its own name."""

    name = "ronghe.appraisal"
    label = "appraisal"
