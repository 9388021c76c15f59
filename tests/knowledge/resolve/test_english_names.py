"""Articles in different languages are joined by the English names of what they name."""

import builders

from pipeline.knowledge.folder import Knowledge
from pipeline.knowledge.resolve import resolve
from pipeline.record import Actor, Project, Record, digest

TEXT = "中国进出口银行为瓜达尔港提供贷款。"


def port(name: str, bank: str, project: str, english: bool) -> Record:
    names: tuple[str | None, str | None] = (None, None) if english else ("Export-Import Bank of China", "Gwadar Port")
    return builders.bare(name, text=TEXT, sha256=digest(TEXT), date="2025-03-05").model_copy(
        update={
            "actors": [Actor(id="a1", name=bank, name_en=names[0], kind="bank", country="CHN", confidence=1)],
            "projects": [
                Project(id="p1", name=project, name_en=names[1], programme=False, countries=["PAK"], confidence=1)
            ],
        }
    )


def test_a_port_and_a_bank_are_one_across_languages() -> None:
    chinese = port("zh", "中国进出口银行", "瓜达尔港", english=False)
    known = resolve([chinese, port("en", "Export-Import Bank of China", "Gwadar port", english=True)], Knowledge())
    assert [one.name for one in known.actors] == ["Export-Import Bank of China"]
    assert [one.name for one in known.projects] in (["Gwadar Port"], ["Gwadar port"])
    assert {link.article for link in known.links if link.entity == known.projects[0].id} == {"zh", "en"}
    assert "瓜达尔港" in {
        alias for link in known.links if link.article == "zh" for alias in getattr(link.said, "aliases", ())
    }


def test_another_port_stays_another() -> None:
    chinese, other = (
        port("zh", "中国进出口银行", "瓜达尔港", english=False),
        port("en", "Habib Bank", "Karachi port", english=True),
    )
    known = resolve([chinese, other], Knowledge())
    assert len(known.projects) == 2 and len(known.actors) == 2
