"""The command line: its JSON, its exit codes, its sentences, and what it does not load."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from conftest import PROJECT, CharacterEncoder
from kb.cli import main
from kb.knowledge import engine
from kb.models.encoder import Encoder, open_encoder

HIT = {
    "passage_id", "article_id", "title", "text", "start", "end", "score", "highlights", "practices", "region", "date",
    "source",
}  # fmt: skip
ARTICLE = {"id", "title", "script", "region", "date", "source", "category", "characters", "passages"}
INFO = {
    "path", "articles", "passages", "practices", "characters", "model", "dimension", "built", "store_bytes", "engine",
    "recall",
}  # fmt: skip
PRACTICE = {
    "id", "name", "name_traditional", "aliases", "category", "region", "since", "steps_basis", "lead", "problem",
    "mechanism", "steps", "figures", "results", "limits", "related", "sources", "related_practices", "elsewhere",
    "legal_basis", "explained_in", "passages", "ledger",
}  # fmt: skip
REPORT = {"added", "changed", "unchanged", "removed", "embedded", "passages", "failures", "warnings"}
EVAL = {"nDCG@10", "R@10", "RR@10", "P@1", "refusal_auroc", "queries", "latency_ms"}
HEAVY = ("torch", "faiss", "jieba", "streamlit", "openvino", "numpy", "tantivy", "opencc", "pydantic", "sklearn",
         "langchain_core", "llama_index")  # fmt: skip


@pytest.fixture
def index(tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the commands keep their index; the small encoder stands in for the model."""
    encoder = CharacterEncoder()

    def open_small(*, model: str, **settings: Any) -> Encoder:
        return open_encoder(model=model, **settings) if model else encoder

    monkeypatch.setattr(engine, "open_encoder", open_small)
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    monkeypatch.setenv("KB_CACHE", str(cache))
    for name in ("KB_MODEL", "KB_SCRIPT", "KB_ENGINE"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "index"


@pytest.fixture
def built(index: Path, articles: Path) -> Path:
    """An index of three small articles and one practice."""
    practice = PROJECT / "corpus" / "practices" / "fengqiao-jingyan.md"
    assert kb("build", articles, practice).exit_code == 0
    return index


def kb(*arguments: object) -> Result:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments], catch_exceptions=False)
    assert "Traceback" not in result.output
    return result


def as_json(*arguments: object) -> Any:
    """The one document that a command prints."""
    result = kb(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def said(result: Result) -> str:
    """What was said on stderr besides the names of progress bars."""
    return "\n".join(line for line in result.stderr.splitlines() if line not in {"收录文章", "分词索引", "重算向量"})


# -- JSON


def test_search_as_json(built: Path) -> None:
    result = kb("search", "枫桥经验讲究什么", "-k", "4", "--json")
    assert "楓橋經驗" in result.stdout  # not escaped
    document = json.loads(result.stdout)
    assert set(document) == {"query", "hits", "practices"}
    assert document["query"] == "枫桥经验讲究什么"
    assert len(document["hits"]) == 4
    assert all(set(hit) == HIT for hit in document["hits"])
    assert all(set(practice) == {"id", "name", "score"} for practice in document["practices"])
    assert document["practices"][0]["id"] == "fengqiao-jingyan"
    hit = next(hit for hit in document["hits"] if hit["article_id"] == "fengqiao")
    assert hit["passage_id"] == "fengqiao#1"
    assert (hit["region"], hit["date"], hit["source"]) == ("浙江省紹興市", "2024", "平安報")
    assert hit["end"] - hit["start"] == len(hit["text"])
    assert [hit["text"][start - hit["start"] : end - hit["start"]] for start, end in hit["highlights"]] == [
        "楓橋經驗講究"
    ]


def test_search_explained_adds_to_the_document(built: Path) -> None:
    document = as_json("search", "枫桥经验", "--explain")
    assert set(document) == {"query", "hits", "practices", "mode", "terms", "timings_ms", "expansions"}
    assert set(document["hits"][0]) == HIT | {"headings", "ranks"}
    assert set(document["hits"][0]["ranks"]) == {"dense", "lexical"}
    assert set(document["timings_ms"]) == {"embed", "dense", "lexical", "fuse", "load", "practices", "total"}


def test_other_names_are_told_and_left_out_on_request(built: Path) -> None:
    """Only those that stand in the texts: 小区, but not 住宅小区 or 集合住宅."""
    assert kb("search", "屋苑").stdout.startswith("另查：屋苑＝小区\n")
    assert set(as_json("search", "屋苑")) == {"query", "hits", "practices"}
    assert as_json("search", "屋苑", "--explain")["expansions"] == [
        {"term": "屋苑", "added": "小区", "why": "大陆说法"}
    ]
    assert "另查" not in kb("search", "屋苑", "--without", "小區").stdout
    assert "另查" not in kb("search", "屋苑", "--no-expand").stdout


def test_search_without_hits(built: Path) -> None:
    assert as_json("search", "物业", "--region", "广东") == {"query": "物业", "hits": [], "practices": []}
    assert kb("search", "物业", "--region", "广东").stdout.startswith("没有找到相关段落")


def test_list_as_json(built: Path) -> None:
    document = as_json("list")
    assert [article["id"] for article in document] == ["fengqiao", "fengqiao-jingyan", "wangge", "wuye"]
    assert all(set(article) == ARTICLE for article in document)
    assert document[0]["script"] == "hant"


def test_info_as_json(built: Path) -> None:
    document = as_json("info")
    assert set(document) == INFO
    assert (document["path"], document["articles"], document["practices"]) == (str(built), 4, 1)
    assert (document["model"], document["dimension"], document["engine"]) == ("characters-v1", 64, "test")
    assert document["store_bytes"] == sum(file.stat().st_size for file in built.glob("kb.sqlite3*"))


def test_practices_as_json(built: Path) -> None:
    (practice,) = as_json("practices")
    assert set(practice) == {"id", "name", "category", "region", "since"}
    assert as_json("practices", "--category", practice["category"]) == [practice]
    assert as_json("practices", "--category", "没有这一类") == []


@pytest.mark.parametrize("name", ["fengqiao-jingyan", "枫桥经验", "楓橋經驗"])
def test_practice_as_json(built: Path, name: str) -> None:
    document = as_json("practice", name)
    assert set(document) == PRACTICE
    assert document["id"] == "fengqiao-jingyan"
    statements = [one for field in ("lead", "problem", "mechanism", "steps") for one in document[field]]
    assert all(set(statement) == {"text", "sources", "marks"} for statement in statements)
    assert all(set(source) == {"title", "publisher", "date", "url", "note"} for source in document["sources"])
    assert {number for one in statements for number in one["sources"]} <= set(range(len(document["sources"])))


def test_build_and_add_as_json(index: Path, articles: Path) -> None:
    document = as_json("build", articles)
    assert set(document) == REPORT
    assert (document["added"], document["failures"]) == (3, [])
    assert as_json("add", articles / "wuye.md")["unchanged"] == 1


def test_eval_as_json(index: Path, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    corpus, queries, qrels = tmp_path / "c.jsonl", tmp_path / "q.jsonl", tmp_path / "r.tsv"
    texts = {"a": "网格员每天巡查。", "b": "业主组建自管会。", "c": "就地化解矛盾。"}
    asked = {"q1": "网格员巡查", "q2": "业主自管会", "q3": "火星的天气"}
    corpus.write_text("\n".join(json.dumps({"id": key, "text": text}) for key, text in texts.items()), "utf-8")
    queries.write_text(
        "\n".join(json.dumps({"qid": key, "query": text, "answerable": key != "q3"}) for key, text in asked.items()),
        encoding="utf-8",
    )
    qrels.write_text("q1\ta\t2\nq2\tb\t2\nq2\tc\t0\n", encoding="utf-8")
    document = as_json("eval", "--corpus", corpus, "--queries", queries, "--qrels", qrels)
    assert set(document) == EVAL
    assert set(document["latency_ms"]) == {"p50", "p95"}
    assert [document[name] for name in ("nDCG@10", "R@10", "RR@10", "P@1", "queries")] == [1.0, 1.0, 1.0, 1.0, 3]
    text = kb("eval", "--corpus", corpus, "--queries", queries, "--qrels", qrels).stdout
    assert "nDCG@10 1.0000" in text
    assert not index.exists()


# -- for people


def test_the_way_through_all_commands(built: Path, articles: Path) -> None:
    assert kb("build", articles).stdout == (
        "完成：新增 0 篇，更新 0 篇，未变 3 篇；新算向量 0 个，索引现有 {} 个段落。\n".format(
            as_json("info")["passages"]
        )
    )
    assert "网格员每天巡查。" in kb("search", "网格员").stdout
    assert "共 4 篇。" in kb("list").stdout
    assert "模型：characters-v1（64 维，test）" in kb("info").stdout
    assert "共 1 个。" in kb("practices").stdout
    assert kb("practice", "枫桥经验").stdout.startswith("# 枫桥经验")
    assert kb("remove", "wuye", "wangge").stdout == "已移除 2 篇。\n"
    assert [article["id"] for article in as_json("list")] == ["fengqiao", "fengqiao-jingyan"]
    (articles / "new.txt").write_text("楼长每周走访。\n", encoding="utf-8")
    assert kb("add", articles / "new.txt").stdout.startswith("完成：新增 1 篇")


def test_the_option_goes_before_the_variable(built: Path, tmp_path: Path) -> None:
    assert "里还没有索引" in kb("--index", tmp_path / "other", "list").stderr


# -- failures: one sentence, exit code 1


def test_no_index(index: Path) -> None:
    for command in (("search", "物业"), ("list",), ("info",), ("practices",), ("practice", "x"), ("remove", "x")):
        result = kb(*command)
        sentence = f"文件夹 {index} 里还没有索引。请先运行 kb build，或用 --index 指定索引文件夹。\n"
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", sentence)
    assert not index.exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        pytest.param("empty.txt", b"", "文件 {} 是空的，没有可收录的文字。", id="empty"),
        pytest.param("blank.md", b" \n\t\n", "文件 {} 是空的，没有可收录的文字。", id="blank"),
        pytest.param("image.txt", b"\x89PNG\r\n\x1a\n\x00\x00\xff", "文件 {} 是二进制文件，不是文字。", id="binary"),
        pytest.param("empty.jsonl", b"", "文件 {} 是空的，没有可收录的文字。", id="empty lines"),
        pytest.param(
            "report.doc",
            b"PK\x03\x04",
            "暂不支持 .doc 文件：{}。请转换成 .docx、.pdf、.txt 或 .md。",
            id="not read yet",
        ),
    ],
)
def test_files_that_cannot_be_taken_in(index: Path, tmp_path: Path, name: str, content: bytes, sentence: str) -> None:
    (tmp_path / name).write_bytes(content)
    result = kb("add", tmp_path / name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said(result).startswith(sentence.format(tmp_path / name))
    assert len(said(result).splitlines()) == 1


def test_a_folder_without_texts(index: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "film.mp4").write_bytes(b"\x00")
    result = kb("build", tmp_path / "folder")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{tmp_path / 'folder'} 里没有可收录的文件")


def test_a_missing_path(index: Path, tmp_path: Path) -> None:
    result = kb("build", tmp_path / "nowhere")
    assert (result.exit_code, result.stderr) == (1, f"找不到 {tmp_path / 'nowhere'}。请检查路径。\n")
    assert not index.exists()


def test_a_missing_model(built: Path, articles: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_MODEL", "/nowhere")
    for command in (("search", "物业"), ("build", articles)):
        result = kb(*command)
        assert (result.exit_code, result.stdout) == (1, "")
        assert said(result) == "/nowhere 不是模型文件夹（其中没有 config.json 或 modules.json）。请检查 KB_MODEL。"


def test_a_setting_that_is_not_allowed(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_ENGINE", "abacus")
    result = kb("list")
    assert result.exit_code == 1
    assert result.stderr.startswith("设置有误：KB_ENGINE")


def test_a_malformed_line_is_named_and_the_others_kept(index: Path, tmp_path: Path) -> None:
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"id": "a", "text": "一行。"}\n\n{"id": "b", "text": \n{"id": "c"}\n', encoding="utf-8")
    result = kb("build", lines)
    assert (result.exit_code, said(result).count("未收录：")) == (1, 2)
    assert result.stdout.startswith("完成：新增 1 篇")
    assert [article["id"] for article in as_json("list")] == ["a"]
    failures = json.loads(kb("build", lines, "--json").stdout)["failures"]
    assert [failure["origin"] for failure in failures] == [f"{lines}:3", f"{lines}:4"]
    assert said(result).splitlines() == [
        f"未收录：{lines}:3：不是一行完整的 JSON（第 20 列）。",
        f"未收录：{lines}:4：缺少或写错了这些项：text。每行需要 id 和 text。",
    ]


def test_what_is_not_in_the_index(built: Path) -> None:
    result = kb("practice", "南桥经验")
    told = "没有叫“南桥经验”的实践。名称相近的有：枫桥经验。用 kb practices 查看全部。\n"
    assert (result.exit_code, result.stderr) == (1, told)
    result = kb("remove", "nobody")
    assert (result.exit_code, result.stderr) == (1, "索引中没有这些文章：nobody。用 kb list 查看编号。\n")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("search", " "), "请输入要查的问题或词语。\n"),
        (
            ("search", "物业", "--since", "去年"),
            "日期“去年”无法识别，或没有这一天。请写成 2023、2023-09 或 2023-09-20。\n",
        ),
        (("search", "物业", "-k", "0"), "结果条数至少是 1，不能是 0。\n"),
    ],
)
def test_questions_that_cannot_be_asked(built: Path, arguments: tuple[str, ...], sentence: str) -> None:
    result = kb(*arguments)
    assert (result.exit_code, result.stdout, result.stderr) == (1, "", sentence)


def test_messages_in_traditional_script(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KB_SCRIPT", "hant")
    result = kb("list")
    assert result.exit_code == 1
    assert result.stderr == f"文件夾 {index} 裏還沒有索引。請先運行 kb build，或用 --index 指定索引文件夾。\n"


def test_a_missing_file_of_an_evaluation(index: Path, tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text('{"qid": "1", "query": "物业"}\n{"qid": "2"}\n', encoding="utf-8")
    result = kb("eval", "--corpus", "c", "--queries", tmp_path / "none", "--qrels", "r")
    assert (result.exit_code, result.stderr.startswith(f"读不了文件 {tmp_path / 'none'}")) == (1, True)
    result = kb("eval", "--corpus", "c", "--queries", tmp_path / "q.jsonl", "--qrels", "r")
    assert result.stderr == f"{tmp_path / 'q.jsonl'} 第 2 行不是含 qid 和 query 的 JSON。请改正后再试。\n"


# -- wrong usage: exit code 2


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nothing",),
        ("search",),
        ("search", "物业", "--mode", "semantic"),
        ("search", "物业", "-k", "many"),
        ("search", "物业", "--nothing"),
        ("search", "物业", "再一个"),
        ("add",),
        ("remove",),
        ("eval",),
        ("--nothing", "list"),
    ],
)
def test_wrong_usage(index: Path, arguments: tuple[str, ...]) -> None:
    result = kb(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "--help" in result.stderr
    assert not index.exists()


@pytest.mark.parametrize("command", [(), *((name,) for name in sorted(main.commands))])
def test_help_is_in_chinese(command: tuple[str, ...]) -> None:
    result = kb(*command, "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("用法：")
    assert not re.search(r"\b(Usage|Options|Commands|Show|exit|default)\b", result.stdout)


# -- as a process


def process(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, encoding="utf-8", check=False)


def test_help_answers_at_once() -> None:
    seconds = []
    for _ in range(3):
        begun = time.perf_counter()
        assert process("-m", "kb", "--help").stdout.startswith("用法：kb ")
        seconds.append(time.perf_counter() - begun)
    assert min(seconds) < 0.3


@pytest.mark.parametrize(
    "statement",
    [
        "import kb",
        "import kb.cli; kb.cli.main(['--help'])",
        "import kb.cli; kb.cli.main(['search', '--help'])",
        "import kb.cli; kb.cli.main(['--version'])",
    ],
)
def test_nothing_heavy_is_loaded(statement: str) -> None:
    ended = process("-c", f"import sys, atexit; atexit.register(lambda: print(*sys.modules, sep='\\n')); {statement}")
    assert ended.returncode == 0, ended.stderr
    loaded = {module.partition(".")[0] for module in ended.stdout.splitlines()}
    assert "kb" in loaded
    assert loaded.isdisjoint(HEAVY)


def test_the_model_is_not_loaded_for_lists(built: Path) -> None:
    statement = f"import sys, kb.cli; kb.cli.main(['--index', {str(built)!r}, 'list']); print(*sys.modules, sep='\\n')"
    ended = process("-c", statement)
    assert "共 4 篇。" in ended.stdout
    assert set(ended.stdout.splitlines()).isdisjoint({"torch", "openvino", "streamlit", "sentence_transformers"})


def test_a_reader_that_goes_away_is_no_failure_to_tell(built: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "kb", "--index", built, "list"], stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (1, b"")


def test_adding_gives_a_receipt_for_every_file(index: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("物業(yè)服務(wù)要跟上，調解糾紛3?件。\n", encoding="utf-8")
    (tmp_path / "bad.docx").write_bytes(b"no document")
    told = tmp_path / "receipts.jsonl"
    result = kb("add", tmp_path / "a.txt", tmp_path / "bad.docx", "--receipt", told)
    assert result.exit_code == 1
    assert "UTF-8" in result.stdout
    assert "注音 2 处" in result.stdout
    assert "缺损 1 处" in result.stdout
    receipts = [json.loads(line) for line in told.read_text(encoding="utf-8").splitlines()]
    assert receipts[0]["repairs"] == {"gloss": 2}
    assert "bad.docx" in receipts[1]["error"]


def test_a_receipt_that_cannot_be_written_stops_before_anything_is_added(index: Path, articles: Path) -> None:
    result = kb("add", articles, "--receipt", articles / "nowhere" / "r.jsonl")
    assert result.exit_code == 1
    assert "回执文件" in result.stderr
    assert kb("list").exit_code == 1


def test_a_damaged_place_is_told_with_the_hit(index: Path, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("全年調解糾紛3?件，群眾滿意度提高。\n", encoding="utf-8")
    kb("add", tmp_path / "a.txt")
    assert "⚠ 缺字，引用前请核对：“年調解糾紛3【?】件" in kb("search", "糾紛", "--mode", "lexical").stdout
    (hit,) = as_json("search", "糾紛", "--mode", "lexical")["hits"]
    assert set(hit) == {*HIT, "flags"}
    (flag,) = hit["flags"]
    assert (flag["kind"], hit["text"][flag["start"] - hit["start"] : flag["end"] - hit["start"]]) == ("lost", "?")
