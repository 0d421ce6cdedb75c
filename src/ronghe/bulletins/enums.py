"""The fixed words of bulletins."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a bulletin stands: written, being signed, shown, taken down or over."""

    DRAFT = "draft", _("拟稿")
    SIGNING = "signing", _("送签")
    ISSUED = "issued", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")


class Ending(TextChoices):
    """How one that stands for so long ended: nobody was right to object, or somebody was."""

    CLEAR = "clear", _("公示期满无异议")
    UPHELD = "upheld", _("异议成立")


class Ground(TextChoices):
    """Why one is taken down: a word; the story is a note."""

    MISTAKEN = "mistaken", _("内容有误")
    REPLACED = "replaced", _("另行发布")
    UPHELD = "upheld", _("异议成立")
    REVOKED = "revoked", _("决定撤销")


WRITING = (State.DRAFT, State.SIGNING)
# Parts of a paper by their codes; any other is text, in the order of its template.
TITLE, ADDRESSEE, COPIES, ATTACHMENTS = "title", "to", "copies", "attachments"
HEAD_PARTS = (TITLE, ADDRESSEE, COPIES, ATTACHMENTS)
SHOWS = "shows"
"""The line of a template where stands what the bulletin shows; nobody writes it."""
SUBJECT = "paper"
"""What the ledger calls one: `bulletin` is the monthly circular of figures there, which has numbers of its own."""
