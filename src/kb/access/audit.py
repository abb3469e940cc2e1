"""The audit log: who did what, when, in JSON lines beside the index, a file a month."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

LONGEST_QUESTION = 1_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One request; `question` stays empty unless the settings want it kept."""

    who: str
    role: str
    client: str
    what: str
    status: int
    question: str = ""


class Audit:
    """Appends to `audit-YYYY-MM.jsonl`; several processes may, since a line is one write at the end of the file."""

    def __init__(self, folder: Path, *, questions: bool) -> None:
        self._folder, self._questions = folder, questions
        self._told = False

    def write(self, entry: Entry) -> None:
        """Put one down. Where that cannot be written, searching goes on and stderr says so once."""
        now = datetime.now(UTC)
        plain = {"when": now.isoformat(timespec="milliseconds"), **asdict(entry)}
        question = str(plain.pop("question"))[:LONGEST_QUESTION]
        if self._questions and question:
            plain["question"] = question
        line = json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
        try:
            file = os.open(self._folder / f"audit-{now:%Y-%m}.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                os.write(file, line)
            finally:
                os.close(file)
        except OSError as error:
            if not self._told:
                sys.stderr.write(f"写不了审计日志（{error.strerror}）：{self._folder}\n")
            self._told = True
