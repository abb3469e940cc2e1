"""Nothing that is read can run: no pickle, no YAML objects, no code in a model; no secret is written down; licences.

The rules are held against the source, and then with files that would do harm if they were read otherwise.
"""

from __future__ import annotations

import ast
import importlib.util
import io
import logging
import pickle
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

import fake_endpoint as fake
from conftest import PROJECT, CharacterEncoder
from kb.access.tokens import Role, TokenFile
from kb.api.app import create_app
from kb.config import Settings, load_settings
from kb.errors import KBError, ModelError, QueryError
from kb.knowledge import KnowledgeBase
from kb.models import sentence
from kb.models.sentence import SentenceEncoder
from kb.sources.front_matter import read_front_matter
from small_corpus import rankings, write_articles

SOURCE = [*sorted((PROJECT / "src").rglob("*.py")), *sorted((PROJECT / "benchmarks").rglob("*.py"))]

RUN_WHAT_THEY_READ = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle"}
SECRETS = re.compile(r"key|secret|password|token|credential", re.IGNORECASE)
PUBLIC = {"trusted_keys": "public keys"}
SECRET_HOLDERS = {"src/kb/models/chat.py", "src/kb/index/cluster_engine.py"}
"""Who may look into a secret: the one that sends it to the endpoint it is for."""


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def keyword(call: ast.Call, name: str) -> Any:
    return next((ast.literal_eval(one.value) for one in call.keywords if one.arg == name), None)


# -- the rules, in the source


def test_the_source_is_seen() -> None:
    """The tests themselves: known calls are found."""
    found = {name for path in SOURCE for name, _call in calls(path)}
    assert {"np.load", "np.save", "yaml.load", "SentenceTransformer", "load_file"} <= found


def test_nothing_that_runs_what_it_reads_is_imported() -> None:
    imported = {
        (path.name, name.split(".")[0])
        for path in SOURCE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names] if isinstance(node, ast.Import)
            else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        )
    }  # fmt: skip
    assert {(path, name) for path, name in imported if name in RUN_WHAT_THEY_READ} == set()


def test_arrays_are_read_and_written_without_pickle() -> None:
    odd = [
        f"{path.name}:{call.lineno}"
        for path in SOURCE
        for name, call in calls(path)
        if name in {"np.load", "np.save", "numpy.load", "numpy.save"} and keyword(call, "allow_pickle") is not False
    ]
    assert odd == []
    named = {name for path in SOURCE for name, _call in calls(path)}
    assert not named & {"torch.load", "torch.save", "pd.read_pickle", "eval", "exec"}


def test_yaml_makes_nothing_but_texts_lists_and_dicts() -> None:
    import yaml

    from kb.sources import front_matter

    loads = [(path.name, ast.unparse(call)) for path in SOURCE for name, call in calls(path) if name == "yaml.load"]
    assert loads == [("front_matter.py", "yaml.load(block[1], _Loader)")]
    assert issubclass(front_matter._Loader, yaml.BaseLoader)
    tags = {tag for tag in front_matter._Loader.yaml_constructors if tag}
    assert tags == {"tag:yaml.org,2002:null"}
    named = {name for path in SOURCE for name, _call in calls(path)}
    assert not named & {"yaml.unsafe_load", "yaml.full_load", "yaml.load_all", "yaml.unsafe_load_all"}


def test_models_bring_no_code() -> None:
    """What ships is safetensors; a model that somebody chose runs no code of its own."""
    made = [
        call for path in SOURCE for name, call in calls(path) if name == "SentenceTransformer" and "src" in path.parts
    ]
    assert [ast.unparse(call.keywords[-1]) for call in made] == ["**_OPTIONS"] * len(made) != []
    assert sentence._OPTIONS == {"trust_remote_code": False, "model_kwargs": {"use_safetensors": True}}
    shipped = {path.suffix for path in (PROJECT / "src").rglob("*") if path.is_file() and path.stat().st_size > 100_000}
    assert shipped - {".py", ".pyc"} <= {".safetensors", ".npz", ".tsv"}
    for file in (PROJECT / "src").rglob("*.npz"):
        with np.load(file, allow_pickle=False) as arrays:
            assert all(arrays[name].dtype != object for name in arrays.files)


# -- files that would do harm


class Evil:
    """When unpickled it leaves a mark."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> Any:
        return Path.write_text, (self.mark, "ran")


def test_a_pickle_does_what_it_says(tmp_path: Path) -> None:
    """The tests themselves: read as a pickle, the file does harm."""
    pickle.loads(pickle.dumps(Evil(tmp_path / "mark")))
    assert (tmp_path / "mark").read_text() == "ran"


def test_a_pickle_in_an_index_is_never_run(settings: Settings, tmp_path: Path) -> None:
    """In the place of every index file: it is taken for damaged and made anew, and searches answer as before."""
    write_articles(tmp_path / "corpus", range(8))
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([tmp_path / "corpus"])
        expected = rankings(knowledge)
    mark = tmp_path / "mark"
    array = io.BytesIO()
    np.save(array, np.array([Evil(mark)], dtype=object), allow_pickle=True)
    names = sorted(path.name for path in (settings.index / "caches").rglob("*") if path.is_file() and path.suffix)
    assert {"articles.npy", "dense-numbers.npy", "dense.faiss", "manifest.json", "sentences.npy"} <= set(names)
    for name in names:
        for evil in (array.getvalue(), pickle.dumps(Evil(mark))):
            for path in (settings.index / "caches").rglob(name):
                path.write_bytes(evil)
            with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
                assert rankings(knowledge) == expected
    assert not mark.exists()


@pytest.mark.parametrize(
    "value",
    [
        "!!python/object/apply:os.system ['touch {mark}']",
        "!!python/object/apply:pathlib.Path.write_text [!!python/object/apply:pathlib.Path ['{mark}'], ran]",
        "!!python/object/new:subprocess.Popen [[touch, '{mark}']]",
        "!!python/name:os.system",
        "!!python/module:os",
    ],
)
def test_an_object_in_front_matter_is_never_made(tmp_path: Path, value: str) -> None:
    mark = tmp_path / "mark"
    text = f"---\ntitle: {value.format(mark=mark)}\n---\n正文。\n"
    with suppress(KBError):
        read_front_matter(text, "x.md")
    assert not mark.exists()


@pytest.mark.parametrize("name", ["pytorch_model.bin", "pytorch_model-00001-of-00002.bin", "2_Dense/model.pt", "a.pkl"])
def test_a_pickle_in_a_model_folder_is_never_read(tmp_path: Path, name: str) -> None:
    """Beside safetensors it is left alone; on its own it is named, before any library for models is loaded."""
    mark, file = tmp_path / "mark", tmp_path / "model" / name
    file.parent.mkdir(parents=True)
    (tmp_path / "model" / "config.json").write_text("{}", encoding="utf-8")
    file.write_bytes(pickle.dumps(Evil(mark), protocol=2))
    with pytest.raises(ModelError, match=rf"^模型文件 {re.escape(str(file))} 是 pickle 格式，里面可能有程序，不读。"):
        SentenceEncoder(str(tmp_path / "model"))
    assert not mark.exists()
    (file.parent / "model.safetensors").write_bytes(b"")
    sentence._check_weights(tmp_path / "model")


# -- secrets


def test_settings_that_are_secret_do_not_show() -> None:
    """Whatever is called like a secret is one, and no text of the settings tells it."""
    secret = {name for name, field in Settings.model_fields.items() if "SecretStr" in str(field.annotation)}
    called = {name for name in Settings.model_fields if SECRETS.search(name)} - set(PUBLIC)
    assert called == secret != set()
    settings = Settings(**{name: SecretStr("sk-very-secret") for name in secret})  # type: ignore[arg-type]
    shown = (repr(settings), str(settings), settings.model_dump_json(), str(settings.model_dump()), f"{vars(settings)}")
    assert not any("very-secret" in text for text in shown)


def test_a_wrong_setting_is_told_without_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_LLM_KEY", "sk-very-secret")
    monkeypatch.setenv("KB_THREADS", "many")
    with pytest.raises(QueryError) as told:
        load_settings()
    assert "very-secret" not in f"{told.value}{told.value.__cause__}"


def test_only_who_sends_a_secret_looks_into_it() -> None:
    looking = {
        path.relative_to(PROJECT).as_posix()
        for path in SOURCE
        for name, _call in calls(path)
        if name.endswith("get_secret_value")
    }
    assert looking <= SECRET_HOLDERS


def files_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_no_secret_is_written_down_or_told(
    settings: Settings, articles: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """A token (good, wrong, revoked) and the key of the language model: in no answer, log or file."""
    caplog.set_level(logging.DEBUG)
    with KnowledgeBase.open(settings=settings, encoder=CharacterEncoder()) as knowledge:
        knowledge.build([articles])
    tokens = TokenFile(settings.index)
    good, revoked = tokens.add("网站", Role.READER), tokens.add("旧", Role.ADMIN)
    tokens.revoke("旧")
    wrong = "kb_" + "w" * 43
    answers = []
    with fake.endpoint(fake.fails(401)) as endpoint:
        chosen = settings.model_copy(
            update={
                "llm_url": endpoint.url, "llm_model": "m", "llm_key": SecretStr("sk-very-secret"),
                "anonymous_read": False, "audit_questions": True,
            }
        )  # fmt: skip
        knowledge = KnowledgeBase.open(settings=chosen, encoder=CharacterEncoder())
        with knowledge, TestClient(create_app(chosen, knowledge)) as client:
            for secret in (good, revoked, wrong):
                sent = {"Authorization": f"Bearer {secret}"}
                answers.append(client.get("/v1/search", params={"query": "物业"}, headers=sent))
                answers.append(client.delete("/v1/articles/wuye", headers=sent))
                answers.append(client.get("/v1/ask", params={"question": "没有物业怎么办"}, headers=sent))
            found = knowledge.ask("没有物业的小区怎么办", prose=True)
    assert [answer.status_code for answer in answers[:3]] == [200, 403, 200]
    assert {answer.status_code for answer in answers[3:]} == {401}
    out, err = capfd.readouterr()
    told = "".join(f"{answer.text}{answer.headers}" for answer in answers) + out + err + caplog.text + repr(found)
    kept = files_below(settings.index)
    for secret in (good, revoked, wrong, "sk-very-secret"):
        assert secret not in told
        assert secret.encode() not in kept
    assert any("audit" in path.name for path in settings.index.iterdir())


# -- licences


def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", PROJECT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("licence", "verdict"),
    [
        ("MIT", "permissive"),
        ("Apache-2.0 AND MIT", "permissive"),
        ("BSD-3-Clause; Apache Software License", "permissive"),
        ("MPL-2.0 AND MIT", "weak"),
        ("GNU Lesser General Public License v3 (LGPLv3)", "weak"),
        ("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later", "weak"),
        ("GPL-3.0-or-later OR MIT", "permissive"),
        ("GNU General Public License v3 (GPLv3)", "refused"),
        ("AGPL-3.0-only", "refused"),
        ("MIT AND GPL-2.0-only", "refused"),
        ("", "unknown"),
        ("see the website", "unknown"),
    ],
)
def test_a_licence_is_understood(licence: str, verdict: str) -> None:
    assert audit().verdict(licence) == verdict


def test_every_package_of_the_lock_file_may_be_used() -> None:
    done = subprocess.run([sys.executable, PROJECT / ".ci" / "audit.py"], capture_output=True, text=True, check=False)
    assert (done.returncode, "✗" in done.stdout) == (0, False), done.stdout
