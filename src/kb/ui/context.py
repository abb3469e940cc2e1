"""What every page is given."""

from __future__ import annotations

from dataclasses import dataclass

from kb.access.audit import Audit, Entry
from kb.access.callers import ANONYMOUS
from kb.access.tokens import Role
from kb.access.visitors import NOBODY, Visitor
from kb.knowledge import KnowledgeBase
from kb.present.display import FORM_KEYS, Form
from kb.present.script import ReaderScript, in_script
from kb.text.normalize import normalize
from kb.types import Practice


@dataclass(frozen=True, slots=True)
class Page:
    """The open knowledge base, the script in which the reader is spoken to, and the form in which texts are shown.

    `visitor` is who looks at it, by default somebody who may do nothing; what that one changes is told to `audit`.
    """

    knowledge: KnowledgeBase
    script: ReaderScript
    form: Form = Form.ORIGINAL
    visitor: Visitor = NOBODY
    audit: Audit | None = None

    @property
    def may_change(self) -> bool:
        """Whether articles, terms and gaps may be changed here: what does so is shown to no one else."""
        return self.visitor.may(Role.EDITOR)

    def changed(self, what: str, *, question: str = "") -> None:
        """Put down in the audit log what was done."""
        if self.audit is not None:
            role = self.visitor.role.value if self.visitor.role else ""
            self.audit.write(Entry(self.visitor.name or ANONYMOUS, role, "", f"APP {what}", 200, question))

    def say(self, text: str) -> str:
        """A text of ours in the reader's script; never used on quotations."""
        return in_script(text, self.script)

    def name_of(self, practice: Practice) -> str:
        """The practice's own name in the reader's script."""
        return practice.name_traditional or practice.name if self.script == "hant" else practice.name

    def aliases_of(self, practice: Practice) -> list[str]:
        """Its other names, each once: pages write them in simplified script first, then in traditional."""
        names = practice.aliases if self.script == "hans" else tuple(reversed(practice.aliases))
        own = normalize(practice.name)
        chosen: dict[str, str] = {}
        for name in names:
            if normalize(name) != own:
                chosen.setdefault(normalize(name), name)
        return list(chosen.values()) if self.script == "hans" else list(reversed(chosen.values()))

    @property
    def keep(self) -> dict[str, str]:
        """The parameters that every link carries on."""
        form = {"form": FORM_KEYS[self.form]} if self.form is not Form.ORIGINAL else {}
        return ({"ui": "hant"} if self.script == "hant" else {}) | form
