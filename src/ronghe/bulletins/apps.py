"""The bulletins room."""

from django.apps import AppConfig


class RoomConfig(AppConfig):
    """Registers the room with Django, its things with whoever reads them, and what it makes with casework."""

    name = "ronghe.bulletins"

    def ready(self) -> None:
        from ronghe.bulletins.domain import make_bulletin  # noqa: PLC0415 - models are ready only now
        from ronghe.bulletins.enums import SUBJECT  # noqa: PLC0415
        from ronghe.bulletins.queries import KEEPER  # noqa: PLC0415
        from ronghe.casework.domain.giving import MAKERS  # noqa: PLC0415
        from ronghe.definitions.things import KEEPERS  # noqa: PLC0415

        # As a thing it goes by its kind of definition; as the subject of its entries by a name of its own.
        KEEPERS["bulletin"] = KEEPERS[SUBJECT] = KEEPER
        MAKERS["bulletin"] = make_bulletin
