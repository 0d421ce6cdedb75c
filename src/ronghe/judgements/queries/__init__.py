"""Reading judgements: what may still be given, what was given, what is doubted, who checks."""

from ronghe.judgements.queries.asked import checks_of, given_to, rating_for, rating_link
from ronghe.judgements.queries.doubts import doubt_in_words, quarantined_ids
from ronghe.judgements.queries.reviews import open_reviews, reviews_of
from ronghe.judgements.queries.subjects import reviewed_procedures

__all__ = [
    "checks_of",
    "doubt_in_words",
    "given_to",
    "open_reviews",
    "quarantined_ids",
    "rating_for",
    "rating_link",
    "reviewed_procedures",
    "reviews_of",
]
