"""Reading bulletins: as papers, as facts, by who may see them, and what was objected."""

from ronghe.bulletins.queries.composing import Part, paper_of, parts_of, title_of
from ronghe.bulletins.queries.facts import KEEPER, BulletinFacts
from ronghe.bulletins.queries.listing import for_case, offers_for, to_write
from ronghe.bulletins.queries.objections import Objection, objections_to
from ronghe.bulletins.queries.opened import shown_to, shown_to_public

__all__ = [
    "KEEPER",
    "BulletinFacts",
    "Objection",
    "Part",
    "for_case",
    "objections_to",
    "offers_for",
    "paper_of",
    "parts_of",
    "shown_to",
    "shown_to_public",
    "title_of",
    "to_write",
]
