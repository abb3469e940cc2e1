"""A course kit as the bytes of a file."""

from __future__ import annotations

from enum import Enum

from kb.present.course_kit import Kit


class FileKind(str, Enum):
    """The formats a kit is written in."""

    DOCX = "docx"
    PPTX = "pptx"
    MARKDOWN = "md"


MEDIA_TYPES = {
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    FileKind.MARKDOWN: "text/markdown; charset=utf-8",
}


def course_file(made: Kit, kind: FileKind) -> bytes:
    """The kit in the format wanted; the libraries of the others are not loaded."""
    if kind is FileKind.DOCX:
        from kb.present.course_docx import course_docx

        return course_docx(made)
    if kind is FileKind.PPTX:
        from kb.present.course_pptx import course_pptx

        return course_pptx(made)
    from kb.present.course_markdown import course_markdown

    return course_markdown(made).encode()
