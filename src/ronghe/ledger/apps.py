"""The ledger room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django under its own name."""

    name = "ronghe.ledger"
    label = "ledger"
