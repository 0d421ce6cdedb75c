"""What cannot be told to somebody; nothing was changed when one of these is raised."""

from ronghe.core.errors import RongheError


class MessageError(RongheError):
    """A message that cannot be written, or a transport that is not known."""


class TransportError(RongheError):
    """A transport did not take a parcel. `again`: whether trying later makes sense. Holds nothing of the words sent."""

    def __init__(self, code: str, message: str, *, again: bool = True, **data: object) -> None:
        super().__init__(code, message, **data)
        self.again = again


class ReachError(RongheError):
    """An address that was not kept or not confirmed."""


class PreferenceError(RongheError):
    """A choice that would leave somebody without what they must be told."""


class HookError(RongheError):
    """A subscription that cannot be made or changed."""
