"""Papers as PDF, by LibreOffice where the machine has it; each file is made once and kept by what it says."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from django.conf import settings

from ronghe.bulletins.exceptions import DomainError
from ronghe.text.paper.fonts import aliases

PROGRAMS = ("soffice", "libreoffice")
LONGEST = 60  # seconds a conversion may take


def program() -> str | None:
    """The converter of this machine; None: there is none, and papers are given as .docx only."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def digest_of(docx: bytes) -> str:
    """What a paper is known by: what it says."""
    return hashlib.sha256(docx).hexdigest()


def kept_pdf(digest: str) -> Path | None:
    """The file that was made; None: there is none."""
    place = Path(settings.DATA_DIR) / "papers" / f"{digest}.pdf"
    return place if place.exists() else None


def pdf_of(docx: bytes, *, kept: Path | None = None) -> bytes:
    """The PDF of a paper. Raises DomainError `no-converter`, `not-converted`."""
    folder = kept or Path(settings.DATA_DIR) / "papers"
    place = folder / f"{digest_of(docx)}.pdf"
    if place.exists():
        return place.read_bytes()
    converter = program()
    if converter is None:
        message = "服务器没有安装 LibreOffice，只能下载 Word 文件（.docx）。需要 PDF 的，请下载后另存，或请管理员安装。"
        raise DomainError("no-converter", message)
    made = _convert(converter, docx)
    folder.mkdir(parents=True, exist_ok=True)
    waiting = place.with_suffix(f".{os.getpid()}")
    waiting.write_bytes(made)
    waiting.replace(place)
    return made


def _convert(converter: str, docx: bytes) -> bytes:
    """In a folder and with a profile of its own, so that several at once do not meet."""
    with tempfile.TemporaryDirectory(prefix="paper-") as name:
        folder = Path(name)
        (folder / "paper.docx").write_bytes(docx)
        (folder / "fonts.conf").write_text(aliases(), encoding="utf-8")
        asked = [converter, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        asked += ["--convert-to", "pdf", "--outdir", name, str(folder / "paper.docx")]
        fonts = {"FONTCONFIG_FILE": str(folder / "fonts.conf"), "HOME": name}
        try:
            subprocess.run(  # noqa: S603 - our own words and a file we wrote
                asked, env={**os.environ, **fonts}, timeout=LONGEST, check=True, capture_output=True
            )
            return (folder / "paper.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            message = "这份文件没有转成 PDF，请先下载 Word 文件（.docx），稍后再试。"
            raise DomainError("not-converted", message) from error
