"""How a view says who may ask it, and how what was typed survives a sign-in that expired."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import PermissionDenied

from ronghe.organisations.models import Account, Visitor

if TYPE_CHECKING:
    from django.http import HttpRequest

Rule = Callable[[Any], bool]
View = TypeVar("View", bound=Callable[..., Any])
KEPT = "kept-typed"
KEPT_LIMIT = 200_000


def PUBLIC(_user: object) -> bool:  # noqa: N802 - a constant that happens to be callable like every rule
    """Anybody, signed in or not."""
    return True


def STAFF(user: object) -> bool:  # noqa: N802
    """Anybody signed in; what they see is then cut by `visible_to`."""
    return bool(getattr(user, "is_authenticated", False))


def VISITOR(somebody: object) -> bool:  # noqa: N802
    """Somebody of the public who signed in by phone code. `AccessMiddleware` asks it of `request.visitor`, not of the account."""
    return isinstance(somebody, Visitor)


def TOKEN(_user: object) -> bool:  # noqa: N802
    """Whoever shows a token good for the operation: the API asks for it itself and looks at no session."""
    return True


def visitor_of(request: HttpRequest) -> Visitor | None:
    """Who of the public is signed in; None: nobody."""
    found = getattr(request, "visitor", None)
    return found if isinstance(found, Visitor) else None


def own_visitor(request: HttpRequest) -> Visitor:
    """Who asks a page that strangers are turned away from."""
    found = visitor_of(request)
    if found is None:
        raise PermissionDenied
    return found


def account_of(request: HttpRequest) -> Account:
    """Who asks a page that strangers are turned away from."""
    if not isinstance(request.user, Account):
        raise PermissionDenied
    return request.user


def rule(declared: Rule) -> Callable[[View], View]:
    """Declare who may ask a view. Every view needs one; `AccessMiddleware` refuses those without."""

    def declare(view: View) -> View:
        view.access_rule = declared  # type: ignore[attr-defined]
        return view

    return declare


def rule_of(view: Callable[..., object]) -> Rule | None:
    """The rule a view declared, looking through class-based views."""
    declared: Rule | None = getattr(view, "access_rule", None)
    if declared is None:
        declared = getattr(getattr(view, "view_class", None), "access_rule", None)
    return declared


def keep_typed(request: HttpRequest) -> None:
    """Keep what an expired session was posting, so that the page can show it again after sign-in; a password is never kept."""
    if request.method != "POST" or "password" in request.POST:
        return
    typed = {key: request.POST.getlist(key) for key in request.POST if key != "csrfmiddlewaretoken"}
    if typed and sum(len(value) for values in typed.values() for value in values) <= KEPT_LIMIT:
        request.session[KEPT] = {"path": request.path, "typed": typed}


def take_typed(request: HttpRequest, path: str | None = None) -> dict[str, list[str]]:
    """What was kept for `path` (this request's by default); it is handed out once."""
    kept = request.session.get(KEPT)
    if not kept or kept["path"] != (path or request.path):
        return {}
    del request.session[KEPT]
    typed: dict[str, list[str]] = kept["typed"]
    return typed
