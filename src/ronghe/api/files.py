"""Files of a case: added and fetched by whoever may on its page."""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import File, Form, Router
from ninja.files import UploadedFile

from ronghe.api.acts import Acting
from ronghe.api.auth import asker_of
from ronghe.api.cases import visible
from ronghe.api.reading import file_shown
from ronghe.api.schemas import Kept
from ronghe.api.service import reads, writes
from ronghe.casework import domain as casework
from ronghe.casework.models import Case
from ronghe.casework.queries.attachments import CaseFile, file_or_404
from ronghe.www.desk.files import files_on
from ronghe.www.desk.page import CasePage
from ronghe.www.files import give

CONTENT: dict[str, Any] = {
    "responses": {
        200: {
            "description": "文件内容",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    }
}
router = Router(tags=["办件"])
Under = Annotated[
    str,
    Form(
        title="哪一项",
        description="环节表单或申请表单里文件一项的代码；环节办完时它就是这一项的回答。",
        max_length=64,
    ),
]
Sent = Annotated[UploadedFile, File(title="文件", description="照片、PDF、Word、Excel 或文本文件。")]


@writes(
    router,
    "/cases/{str:number}/files",
    name="attachFile",
    title="加附件",
    scopes=("cases.write",),
    gives=Kept,
    status=201,
    description="只有内部能看到。",
)
def attach_file(request: HttpRequest, number: str, file: Sent, field: Under = "") -> Kept:
    """Add a file to a case one works on."""
    asker = asker_of(request)
    one = Acting(CasePage(visible(request, number), asker.account, asker.now), asker.by())
    one.check("files")
    case = casework.attach(one.case.pk, one.by, file=file, field=field)
    return kept(case, file, files_on(CasePage(case, asker.account, asker.now)), "api-get-file")


def kept(case: Case, file: UploadedFile, files: list[CaseFile], address: str) -> Kept:
    """The file as it is told now."""
    file.seek(0)
    digest = hashlib.sha256(b"".join(file.chunks())).hexdigest()
    numbers = set(case.attachments.filter(sha256=digest).values_list("no", flat=True))
    found = max((one for one in files if one.no in numbers), key=lambda one: one.no)
    return Kept.model_construct(
        number=case.number, revision=case.revision, file=file_shown(case, found, address)
    )


@reads(
    router,
    "/cases/{str:number}/files/{int:no}",
    name="getFile",
    title="下载附件",
    scopes=("cases.read",),
    gives=None,
    openapi_extra=CONTENT,
)
def get_file(request: HttpRequest, number: str, no: int) -> Any:
    """The content of a file."""
    asker = asker_of(request)
    page = CasePage(visible(request, number), asker.account, asker.now)
    return give(request, file_or_404(files_on(page), no), back=request.path)
