"""What cannot be told to somebody; nothing was changed when one of these is raised."""

from ronghe.core.errors import RongheError


class MessageError(RongheError):
    """A message that cannot be written, or a transport that is not known."""


class TransportError(RongheError):
    """A transport did not take a parcel; it is tried again. The message holds nothing of the words sent."""
