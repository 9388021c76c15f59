"""Options that several commands have. A command that names a dataclass as a parameter has its fields as options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from pipeline import __version__
from pipeline.settings import Profile, Settings, trained

AGENT = f"corridor/{__version__} (+reads news articles; one request at a time)"

Records = Annotated[
    str, typer.Argument(help="What `corridor extract` wrote: a file, a run folder, or - for standard input.")
]
GoldFolder = Annotated[Path, typer.Option("--out", "-o", help="Gold folder; other articles in it are kept.")]
ProfileName = Annotated[
    Profile, typer.Option(help="default: most accurate; fast: without the encoder, at about twice the speed.")
]
Workers = Annotated[
    int | None, typer.Option(min=1, help="Processes, of about 0.7 GB each.", show_default="one per core")
]
Delay = Annotated[float, typer.Option(min=0, max=3600, help="Seconds between two requests to one host.")]
Agent = Annotated[str, typer.Option(help="How Corridor names itself; add how to reach you.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to serve at, 0 for any that is free.")]
Today = Annotated[
    str | None,
    typer.Option(
        help="Day on which commitments may be overdue, in a report also silent.",
        show_default="day of the latest article",
    ),
]


def grouped[R](command: Callable[..., R]) -> Callable[..., R]:
    """The command with the fields of each parameter that is a dataclass in its place, for typer to read."""
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {name: kind for name, kind in hints.items() if is_dataclass(kind)}
    parameters: list[Parameter] = []
    for name, parameter in signature(command).parameters.items():
        if name not in groups:
            parameters.append(parameter.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))
            continue
        inner = get_type_hints(groups[name], include_extras=True)
        for one in fields(groups[name]):
            default = one.default if one.default_factory is MISSING else one.default_factory()
            default = Parameter.empty if default is MISSING else default
            parameters.append(Parameter(one.name, Parameter.KEYWORD_ONLY, default=default, annotation=inner[one.name]))

    @wraps(command)
    def run(**given: Any) -> R:
        made = {name: kind(**{one.name: given.pop(one.name) for one in fields(kind)}) for name, kind in groups.items()}
        return command(**given, **made)

    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


@dataclass(frozen=True)
class Method:
    """The method by which articles are read."""

    profile: ProfileName = "default"
    model: Annotated[
        Path | None,
        typer.Option(help="Directory of a trained pipeline.", show_default="the one that comes with Corridor"),
    ] = None
    seeds: Annotated[
        list[Path], typer.Option(help="Folder with your own names and words beside those of seeds/; repeatable.")
    ] = field(default_factory=list)
    extractor: Annotated[
        str, typer.Option(help="Method of extraction: small, or the name of one that another package has installed.")
    ] = "small"

    def settings(self) -> Settings:
        """The settings that the options name.

        Raises SetupError if `model` is no trained pipeline, a row of the user's own seeds is wrong, or no extractor has
        that name.
        """
        from pipeline.extract import extractor_of
        from pipeline.seeds import activate

        activate(tuple(self.seeds))
        folders = tuple(folder.absolute() for folder in self.seeds)
        settings = Settings(profile=self.profile, own_seeds=folders, extractor=self.extractor)
        settings = settings if self.model is None else replace(settings, models=trained(self.model).absolute())
        extractor_of(settings)
        return settings
