"""A drop as files to attach: what its page gives, for servers without a public address."""

import base64
from dataclasses import dataclass

from bot.pictures.draw import draw
from bot.web.drop_page import DropPage
from bot.web.files import JSPF, M3U, jspf, m3u
from bot.web.html import drop_html


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file as Discord takes it."""

    filename: str
    data: bytes


async def drop_files(page: DropPage) -> tuple[Attachment, ...]:
    """Return the page as one HTML file with its cover inside, and the drop as M3U and as JSPF."""
    picture = await draw(page.cover)
    cover = f"data:image/jpeg;base64,{base64.b64encode(picture.data).decode()}"
    name = f"tastebud-{page.week}"
    return (
        Attachment(f"{name}.html", drop_html(page, cover).encode()),
        Attachment(f"{name}.{M3U}", m3u(page)),
        Attachment(f"{name}.{JSPF}", jspf(page)),
    )
