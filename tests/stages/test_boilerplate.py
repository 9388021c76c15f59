"""The boilerplate stage: what is printed around a story is marked, what only looks like it is not."""

from pathlib import Path

import pytest
from spacy.language import Language

import pipeline
from pipeline.errors import SetupError
from pipeline.gold.folder import read_gold
from pipeline.settings import Settings
from pipeline.sources import make_article
from pipeline.stages.boilerplate import Boilerplate
from pipeline.stages.document.boilerplate import BEFORE, features, likely
from pipeline.stages.document.doc import sentence_spans
from pipeline.stages.document.view import view_of
from pipeline.stages.models.linear import ANY, Weights

boilerplate = Boilerplate(Settings().models)


def marked(nlp: Language, text: str, title: str | None = None) -> list[str]:
    """The sentences of a text that are marked."""
    doc = nlp(text)
    doc._.article = make_article(text, title=title)
    numbers = boilerplate(doc)._.boilerplate
    return [text[start:end] for number, (start, end) in enumerate(sentence_spans(doc)) if number in numbers]


ARTICLES = {
    "teasers between paragraphs": """\
~DAR ES SALAAM: Tanzania will borrow $84 million from the Lake Fund to extend the power grid to 160 villages.
~Energy Minister Rehema Mushi signed the loan on Thursday in Dodoma.
Read: Mtwara gas plant to be sold
~"Read our lips," she told opponents of the loan.
~The work begins in March and ends in 2028.
""",
    "a press release": """\
PRESS RELEASE
~KIGALI, 7 May 2025 - The Rift Bank today approved a $60 million loan to Rwanda for rural roads.
~The loan will pay for 410 kilometres of road in four districts.
~"Roads bring markets," said Rift Bank President Jane Auma.
About the Rift Bank
The Rift Bank is a development bank owned by eleven states. It was founded in 1987 and has lent $9 billion since.
Contact: Paul Otim, press@riftbank.example, +250 700 000 000
""",
    "a press release of a company": """\
~LIMA, March 3, 2025 -- Aguas Andinas Norte has won a contract worth $120 million to build a water plant in Piura, Peru.
~The plant will be finished in 2027, the company said.
About Aguas Andinas Norte
Aguas Andinas Norte is a leading water company with 2,100 employees.
Media contact:
Rosa Quispe
press@aguasnorte.example
""",
    "a site with widgets": """\
Business
Economy
~Serbia to borrow for tunnel
Milan Petrovic
Small
Medium
Large
12
~Serbia will borrow 210 million euros from the Danube Bank to build a tunnel under Mount Rtanj, the government said.
ADVERTISEMENT
~The tunnel will be 4.6 kilometres long and will be finished in 2029, Finance Minister Jelena Ilic said in Belgrade.
RELATED
world
Storm closes ports in Norway
sports
Late goal sinks champions
~The Danube Bank asked Serbia to publish the contract before the first money is paid.
""",
    "the end of a page": """\
~RABAT - Morocco awarded a $300 million contract for a tramway in Fez to French group Railtech on Friday.
~Railtech will begin work in January, Transport Minister Omar Alami said at the signing in Fez.
~The city will pay a third of the cost and the state will pay the rest.
Most Read
Heat wave closes schools in Agadir
Ferries for summer arrive from Spain
Subscribe to our newsletter
\N{COPYRIGHT SIGN} 2025 Atlas Media. All rights reserved.
""",
    "a wire": """\
~HANOI, Nov 4 (Delta Wire) - Vietnam and Japan agreed on Tuesday to build a port near Vinh for $240 million.
~Japan will lend four fifths of the money, the transport ministry said.
(Reporting by Linh Tran; editing by Paul Weber)
""",
    "a byline and a credit": """\
~Kano gets new water works
By Aisha Bello
~Kano State has signed a $35 million contract with Hydrotech to repair the Challawa water works.
~The works were closed in 2019 after a flood, Governor Musa Tanko said.
~Men repair a pump at Challawa. Photo: Sani Garba
""",
}


@pytest.mark.parametrize("text", ARTICLES.values(), ids=ARTICLES)
def test_what_is_printed_around_the_story_is_marked(nlp_base: Language, text: str) -> None:
    lines = text.splitlines()
    found = marked(nlp_base, "\n".join(line.removeprefix("~") for line in lines))
    story = [line.removeprefix("~") for line in lines if line.startswith("~")]
    around = [line for line in lines if not line.startswith("~")]
    assert [s for s in found if any(s in line and s != "Photo: Sani Garba" for line in story)] == []
    assert [line for line in around if not any(s in line for s in found)] == []
    assert ("Photo: Sani Garba" in found) == ("Sani Garba" in text)


STORIES = {
    "one line": "Zambia signed a debt deal with China on Monday.",
    "a headline alone": "Zambia signs debt deal with China",
    "a quotation that reads": """The fund will lend Ghana $50 million for schools.
"Read the contract," the minister told critics on Sunday in Accra.""",
    "a one-line lead": """Chad gets a road loan

The Sahel Bank will lend Chad $90 million to pave the road from Mongo to Abeche, it said on Wednesday.
The work will take three years and will employ 1,400 people.""",
    "subheadings": """Kenya and Uganda signed an agreement on Thursday to extend the railway from Naivasha to Malaba.
The two governments will share the cost of $4.5 billion.
Who will pay
Kenya will pay for the line to the border and Uganda for the line from there to Kampala.
What comes next
The ministers will meet again in Nairobi in June to choose a builder.""",
    "a dateline alone": """SUVA:
Fiji will borrow F$75 million from the Pacific Bank to raise the coast road, the finance minister said on Friday.
The loan has a term of 20 years.""",
    "about, contact, photo and share in sentences": """\
About 900 people will work on the dam, which China will finance with a loan of $310 million.
Contact with the lender began in 2023, Energy Minister Paul Ndiaye said on Monday in Dakar.
Photos of the signing were published by the ministry.
Share prices of the builder rose by 3 percent after the minister spoke in Dakar.""",
}


@pytest.mark.parametrize("text", STORIES.values(), ids=STORIES)
def test_a_story_is_not_marked(nlp_base: Language, text: str) -> None:
    assert marked(nlp_base, text) == []


def test_the_title_is_known_again(nlp_base: Language) -> None:
    text = "Chad gets loan for road\nThe Sahel Bank will lend Chad $90 million to pave the road from Mongo to Abeche."
    doc = nlp_base(text)
    doc._.article = make_article(text, title="Chad gets loan for road")
    assert ["title again" in names for names in features(view_of(doc))] == [True, False]


def test_a_mark_makes_the_next_one_likelier() -> None:
    weights = Weights({ANY: {}, BEFORE[False]: {"label": 2.0}, BEFORE[True]: {ANY: 3.0}}, -2.0)
    alone, first, second = likely([["line"]], weights) + likely([["label"], ["line"]], weights)
    assert first == pytest.approx(0.5)
    assert alone < 0.2 < 0.4 < second


@pytest.mark.parametrize("text", ["\n\n", " ", "...", "a"])
def test_almost_nothing(nlp_base: Language, text: str) -> None:
    doc = nlp_base(text)
    assert boilerplate(doc)._.boilerplate <= {0}


def test_a_record_has_the_marks(nlp: Language) -> None:
    text = (
        ARTICLES["teasers between paragraphs"]
        .replace("~", "")
        .replace("gas plant to be sold", "signs $40m loan with IMF")
    )
    record = pipeline.extract(text, nlp)
    found = {text[s.start : s.end] for s in record.sentences if s.boilerplate}
    assert found == {"Read: Mtwara signs $40m loan with IMF"}
    marks = {c.boilerplate for c in record.commitments}
    assert False in marks
    for commitment in record.commitments:
        own = [record.sentences[evidence.sentence].boilerplate for evidence in commitment.evidence]
        assert commitment.boilerplate == all(own)


def test_a_missing_file(tmp_path: Path, nlp_base: Language) -> None:
    with pytest.raises(SetupError, match="reinstall corridor"):
        Boilerplate(tmp_path)(nlp_base("Peru cut its rates."))
    with pytest.raises(SetupError, match=r"boilerplate/weights\.json is missing"):
        Boilerplate(tmp_path).from_disk(tmp_path)


def test_how_well_it_does_on_gold_that_taught_it(nlp_base: Language) -> None:
    golds = [gold for gold in read_gold(Settings().seeds / "gold") if any(s.boilerplate for s in gold.sentences)][:12]
    hits = said = right = 0
    for gold in golds:
        found = set(marked(nlp_base, gold.article.text, gold.article.title))
        own = {gold.article.text[s.start : s.end] for s in gold.sentences if s.boilerplate}
        hits, said, right = hits + len(found & own), said + len(found), right + len(own)
    assert 2 * hits / (said + right) > 0.85
