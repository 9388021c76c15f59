"""A trained pipeline is a directory that spaCy opens and writes, and applying it twice changes nothing."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import spacy
from spacy.language import Language

import pipeline
from pipeline.errors import SetupError
from pipeline.extract import build, extract_stream
from pipeline.record import Record
from pipeline.seeds import activate
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.assemble import assemble
from pipeline.stages.language import write_config

TEXT = (
    "KAMPALA: Norway will grant Uganda $40 million for the Karuma transmission line, the energy minister said Monday. "
    "The ministry signed the agreement on Friday, and Norway pledged to train 200 engineers by 2028."
)


@pytest.fixture(scope="module")
def written(nlp: Language, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory that the shipped pipeline writes."""
    out = tmp_path_factory.mktemp("trained")
    nlp.to_disk(out)
    return out


def test_what_is_written_reads_the_same(nlp: Language, written: Path) -> None:
    again = spacy.load(written)
    assert again.pipe_names == nlp.pipe_names
    assert pipeline.extract(TEXT, again) == pipeline.extract(TEXT, nlp)


def test_without_the_encoder_it_is_the_fast_profile(written: Path) -> None:
    excluded, fast = spacy.load(written, exclude=["encoding"]), pipeline.load(profile="fast")
    assert excluded.pipe_names == fast.pipe_names
    assert "encoding" not in fast.pipe_names
    assert pipeline.extract(TEXT, excluded) == pipeline.extract(TEXT, fast)


def test_spacy_finds_language_and_factories_by_itself(written: Path) -> None:
    code = f"import spacy; print(len(spacy.load({str(written)!r})({TEXT!r})._.commitments))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=300, cwd=written)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > 0


def test_writing_into_its_own_directory_loses_nothing(written: Path) -> None:
    before = {path: path.read_bytes() for path in written.rglob("*") if path.is_file()}
    spacy.load(written).to_disk(written)
    assert {path: path.read_bytes() for path in written.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("gone", ["config.cfg", "default/slots.json", "encoder/encoder.onnx", "sectors/card.json"])
def test_what_is_missing_is_named(written: Path, tmp_path: Path, gone: str) -> None:
    for path in written.rglob("*"):
        if path.is_file() and path != written / gone:
            (tmp_path / path.relative_to(written)).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path.relative_to(written)).symlink_to(path)
    with pytest.raises(SetupError, match=gone):
        pipeline.load(tmp_path)


def test_a_pipeline_read_from_nowhere_is_not_written(tmp_path: Path) -> None:
    from pipeline.stages.language import Corridor, config_of

    with pytest.raises(SetupError, match="nothing to write"):
        Corridor.from_config(config_of(["sentences"])).to_disk(tmp_path)


def test_applied_twice_it_changes_nothing(nlp: Language) -> None:
    doc = nlp.make_doc(TEXT)
    doc._.article = make_article(TEXT, date="2025-06-12")
    doc = nlp(doc)
    first = assemble(doc)
    assert first.commitments
    assert assemble(nlp(doc)) == first
    following = nlp.pipe_names[nlp.pipe_names.index("references") :]
    for name in following:
        doc = nlp.get_pipe(name)(doc)
    assert assemble(doc) == first


def test_stages_alone_are_built_for_training(nlp_base: Language) -> None:
    assert [name for name in nlp_base.pipe_names if name in ("sentences", "entities")] == ["sentences"]
    [record] = extract_stream([make_article(TEXT)], build(("entities",), Settings().models))
    assert isinstance(record, Record)
    assert record.mentions
    assert not record.commitments


def test_settings_of_another_pipeline_are_refused(nlp: Language, written: Path, tmp_path: Path) -> None:
    articles = [make_article(TEXT)]
    for other in (Settings(models=written), Settings(own_seeds=(tmp_path,)), Settings(seeds=tmp_path)):
        with pytest.raises(SetupError, match="other models or seeds"):
            list(extract_stream(articles, nlp, other))
    assert all(isinstance(found, Record) for found in extract_stream(articles, nlp, Settings(chunk_size=100)))


def test_each_pipeline_reads_with_its_own_seeds(nlp: Language, tmp_path: Path) -> None:
    text = "Tamora Nine will build the bridge, the ministry of transport of Kenya said."
    (tmp_path / "institutions.csv").write_text("name,aliases,kind,country\nTamora Nine,,bank,KEN\n", encoding="utf-8")
    own = pipeline.load(profile="fast", seeds=[tmp_path])

    def kinds(of: Language) -> set[str]:
        return {actor.kind for actor in pipeline.extract(text, of).actors if actor.name == "Tamora Nine"}

    assert kinds(own) == {"bank"}
    assert "bank" not in kinds(nlp)
    assert kinds(own) == {"bank"}
    activate(())


def test_pipelines_with_other_seeds_answer_in_threads_as_alone(nlp: Language, tmp_path: Path) -> None:
    (tmp_path / "institutions.csv").write_text("name,aliases,kind,country\nTamora Nine,,bank,KEN\n", encoding="utf-8")
    own = pipeline.load(profile="fast", seeds=[tmp_path])
    text = "Tamora Nine will build the bridge, the ministry of transport of Kenya said. "
    articles = [make_article(text * 4, id=str(number)) for number in range(24)]

    def kinds(of: Language) -> set[str]:
        found = list(extract_stream(articles, of, Settings(batch_size=6, own_seeds=of.own_seeds)))  # type: ignore[attr-defined]
        assert [one for one in found if not isinstance(one, Record)] == []
        actors = [actor for one in found if isinstance(one, Record) for actor in one.actors]
        return {actor.kind for actor in actors if actor.name == "Tamora Nine"}

    with ThreadPoolExecutor(2) as pool:
        mine, shipped = pool.map(kinds, (own, nlp))
    activate(())
    assert mine == {"bank"}
    assert "bank" not in shipped


def test_the_shipped_directory_has_the_configuration_that_is_written(tmp_path: Path) -> None:
    write_config(tmp_path)
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (Settings().models / path.name).read_bytes()
