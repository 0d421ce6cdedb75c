"""The one writer of organisations, posts, relationships, people, identities and accounts.

Every function takes `actor` (who does it) and `at` (when, aware); `on` is the day from which it is true (the day of
`at` when left out). Each writes the change and its ledger entry in one transaction.
"""

from ronghe.organisations.domain.appointments import appoint, end_appointment, hand_over
from ronghe.organisations.domain.delegations import delegate, end_delegation
from ronghe.organisations.domain.identity import (
    Contact,
    erase,
    find_by_phone,
    masked,
    open_contact,
    open_text,
    reseal_rows,
    reveal,
    rotate_identities,
    seal_identities,
    seal_identity,
    seal_text,
)
from ronghe.organisations.domain.people import change_person, create_person, leave
from ronghe.organisations.domain.posts import create_post, describe_post, end_post, rename_post
from ronghe.organisations.domain.relationships import end_relationship, relate
from ronghe.organisations.domain.sign_ins import (
    close_account,
    first_password,
    open_account,
    rename_account,
    reopen_account,
)
from ronghe.organisations.domain.tokens import TOKEN_SCOPES, issue_token, revoke_token
from ronghe.organisations.domain.trees import (
    create_organisation,
    describe_organisation,
    end_organisation,
    merge_organisation,
    move_organisation,
    register_enterprise,
    rename_organisation,
)

__all__ = [
    "TOKEN_SCOPES",
    "Contact",
    "appoint",
    "change_person",
    "close_account",
    "create_organisation",
    "create_person",
    "create_post",
    "delegate",
    "describe_organisation",
    "describe_post",
    "end_appointment",
    "end_delegation",
    "end_organisation",
    "end_post",
    "end_relationship",
    "erase",
    "find_by_phone",
    "first_password",
    "hand_over",
    "issue_token",
    "leave",
    "masked",
    "merge_organisation",
    "move_organisation",
    "open_account",
    "open_contact",
    "open_text",
    "register_enterprise",
    "relate",
    "rename_account",
    "rename_organisation",
    "rename_post",
    "reopen_account",
    "reseal_rows",
    "reveal",
    "revoke_token",
    "rotate_identities",
    "seal_identities",
    "seal_identity",
    "seal_text",
]
