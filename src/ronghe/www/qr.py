"""A link as a QR picture to scan from paper or a screen: one SVG in the page, no script, no style, no file."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

QUIET = 4  # modules of white around it that a reader needs
MODULE = 4  # pixels of one module on a screen; cheap phones want 3 at least


def qr_svg(text: str, *, title: str) -> SafeString:
    """The QR of `text` (error level M or better) with its quiet zone; `title` is what a screen reader says of it."""
    import segno  # noqa: PLC0415 - most workers never draw one

    code = segno.make_qr(text, error="m")
    rows = [bytes(row) for row in code.matrix]
    side = len(rows) + 2 * QUIET
    drawn = "".join(
        f"M{at + QUIET} {line + QUIET}h{length}v1h-{length}z"
        for line, row in enumerate(rows)
        for at, length in _runs(row)
    )
    return format_html(
        '<svg class="qr" role="img" xmlns="http://www.w3.org/2000/svg" width="{0}" height="{0}" viewBox="0 0 {1} {1}"'
        ' shape-rendering="crispEdges"><title>{2}</title><path fill="#fff" d="M0 0h{1}v{1}h-{1}z"></path>'
        '<path fill="#000" d="{3}"></path></svg>',
        side * MODULE,
        side,
        title,
        drawn,
    )


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Where dark modules stand side by side in a row: (first, how many)."""
    found: list[tuple[int, int]] = []
    for at, dark in enumerate(row):
        if not dark:
            continue
        if found and sum(found[-1]) == at:
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((at, 1))
    return found
