"""How a tool has to be set up for these tasks: Label Studio's labelling interface, the labels of Prodigy.

Hard because both are made from the closed sets of the record, so that a new label is known everywhere at once. Source:
the docs of Label Studio's tags, of Prodigy's configuration and of `rel.manual`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from xml.etree import ElementTree as xml

from pipeline.annotate.formats import prodigy
from pipeline.annotate.formats.label_studio import LABEL, SECTORS, TEXT
from pipeline.annotate.formats.task import ACTORS, COMMITMENT, KINDS, LINKS, SPANS, STATUSES
from pipeline.model.sectors import codes

_SPACES = ".htx-text{ white-space: pre-wrap; }"  # line ends are shown as they are
_COLOURS = ("#e6194b", "#3cb44b", "#4363d8", "#f58231", "#911eb4", "#46b5b5", "#c71585", "#808000", "#9a6324")


def label_studio() -> str:
    """The labelling interface, for Settings > Labeling Interface > Code."""
    view = xml.Element("View")
    xml.SubElement(view, "Style").text = _SPACES
    relations = xml.SubElement(view, "Relations")
    for link in LINKS:
        xml.SubElement(relations, "Relation", value=link)
    labels = xml.SubElement(view, "Labels", name=LABEL, toName=TEXT)
    for number, label in enumerate(SPANS):
        xml.SubElement(labels, "Label", value=label, background=_COLOURS[number % len(_COLOURS)])
    xml.SubElement(view, "Text", name=TEXT, value=f"${TEXT}", granularity="word")
    trigger = xml.SubElement(view, "View", visibleWhen="region-selected", whenLabelValue=COMMITMENT)
    _choices(trigger, "kind", KINDS, perRegion="true")
    _choices(trigger, "status", STATUSES, perRegion="true")
    region = xml.SubElement(view, "View", visibleWhen="region-selected")
    _choices(region, "actor", ACTORS, perRegion="true")
    _choices(view, SECTORS, codes(), choice="multiple")
    xml.indent(view)
    return xml.tostring(view, encoding="unicode") + "\n"


def prodigy_json() -> str:
    """What goes into prodigy.json."""
    return json.dumps(prodigy.settings(), indent=2) + "\n"


def _choices(view: xml.Element, name: str, values: Iterable[str], **how: str) -> None:
    xml.SubElement(view, "Header", value=name, size="6")
    tag = xml.SubElement(view, "Choices", name=name, toName=TEXT, showInline="true")
    tag.attrib.update(how)
    for value in values:
        xml.SubElement(tag, "Choice", value=value)


CONFIGS = {"label-studio": label_studio, "prodigy": prodigy_json}
