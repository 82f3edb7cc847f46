"""Writes the type stubs of the package: python3 stub.py FILE, with the built module on PYTHONPATH.

Keywords of a run are the inputs of the field table, results of an estimate its results.
"""
import sys

sys.path.pop(0)  # this folder: the package there has no module yet
from kwhatif import _kwhatif  # noqa: E402

TYPES = {"name": "str", "path": "str | os.PathLike[str]", "whole": "int | str", "quantity": "float | str", "text": "str"}

HEAD = '''"""What training an AI model takes: energy, CO2e, water, time, money. Made of the field table."""
import os
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy
import pandas
import xarray

Value = str | float | int | bool | os.PathLike[str] | None
Run = "str | os.PathLike[str] | Mapping[str, Value] | Estimate | None"
Axes = str | Iterable[str] | Mapping[str, str | float | Sequence[str] | Sequence[float] | numpy.ndarray[Any, Any]]

__version__: str
data_version: str

class KwhatifError(ValueError):
    """An input, a run file or a name is wrong."""
    diagnostics: list_[dict[str, Any]]

class Answer:
    """What a verb answers: str() is the text that the program prints, keys are those of its JSON."""
    def to_json(self) -> str: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_csv(self) -> str: ...
    def to_pandas(self) -> pandas.DataFrame: ...
    def __getitem__(self, key: str) -> Any: ...
    def __contains__(self, key: str) -> bool: ...
    def keys(self) -> Iterable[str]: ...
    @property
    def warnings(self) -> list_[dict[str, Any]]: ...
    @property
    def sources(self) -> list_[dict[str, Any]]: ...
    def charts(self, width: int = ...) -> dict[str, str]: ...
    def _repr_html_(self) -> str: ...

class Explanation:
    """How every number follows, down to its sources."""
    text: str
    tree: dict[str, Any]
    def _repr_html_(self) -> str: ...
'''

SWEEP = '''
class Sweep:
    """A grid of runs: arrays with one dimension per axis; NaN where a result is not known."""
    axes: dict[str, numpy.ndarray[Any, Any]]
    columns: dict[str, numpy.ndarray[Any, numpy.dtype[numpy.float64]]]
    units: dict[str, str]
    labels: dict[str, str]
    dims: tuple[str, ...]
    shape: tuple[int, ...]
    warnings: list_[dict[str, Any]]
    notes: list_[dict[str, Any]]
    sources: list_[str]
    def __getitem__(self, key: str) -> numpy.ndarray[Any, numpy.dtype[numpy.float64]]: ...
    def __len__(self) -> int: ...
    def to_structured(self) -> numpy.ndarray[Any, Any]: ...
    def to_pandas(self) -> pandas.DataFrame: ...
    def to_xarray(self) -> xarray.Dataset: ...
'''

OTHERS = '''
def compare(*runs: Run, vary: Axes | None = ..., **given: Value) -> Answer:
    """Runs side by side, and the ratio split into its factors; or one run along an axis."""
def plan(run: Run = ..., *, axis: Axes = ..., where: str | Sequence[str] = ..., **given: Value) -> Answer:
    """What meets the limits: max_time="30 days", max_cost="2M$", minimize="co2e"."""
def schedule(run: Run = ..., **given: Value) -> Answer:
    """When to start or pause, on hourly traces."""
def levers(run: Run = ..., **given: Value) -> Answer:
    """Published reduction measures, one by one and combined."""
def methods(run: Run = ..., **given: Value) -> Answer:
    """The run under each published methodology."""
def sensitivity(run: Run = ..., **given: Value) -> Answer:
    """What one per cent more of each input does."""
def lifecycle(run: Run = ..., *, serve: Mapping[str, Value] | None = ..., functional_unit: str | None = ...,
              **inputs: Value) -> Answer:
    """Training, development, manufacture, water and serving in one table."""
def serve(model: str | None = ..., *, vary: Axes | None = ..., **options: Value) -> Answer:
    """What answering takes, per token and per query."""
def model(name: str | os.PathLike[str], **options: Value) -> Answer:
    """Parameters, FLOP and memory of an architecture: of the tables, or a config.json."""
def show(*names: str, **options: Value) -> Answer:
    """One row of the tables: show("hardware", "h100-sxm5")."""
def equiv(amount: str, **options: Value) -> Answer:
    """What an amount of energy or CO2e corresponds to."""
def reproduce(*studies: str, **options: Value) -> Answer:
    """Published tables, recomputed row by row."""
def import_(*files: str | os.PathLike[str], **given: Value) -> Answer:
    """Logs and records of others as a run: str() of the answer is a run file."""
def list(kind: str | None = ..., **options: Value) -> Answer:
    """Rows of the tables: list("hardware", where="memory>=80GB", sort="tdp")."""
'''


def type_of(row):
    if row["type"] == "word":
        words = [f'"{word}"' for word in row["choices"].split("|")]
        return "Literal[" + ", ".join(words) + "]" + (" | bool" if row["choices"] == "yes|no" else "")
    return TYPES[row["type"]]


def keywords(indent):
    lines = []
    for row in _kwhatif.inputs():
        lines.append(f'{indent}{row["name"]}: {type_of(row)} | None = ...,  # {row["help"]}; {row["example"]}')
    return "\n".join(lines)


def stub():
    out = [HEAD.replace("list_[", "builtins.list[").replace("import os\n", "import builtins\nimport os\n", 1)]
    out.append("\nclass Estimate:")
    out.append('    """What one run takes; None where a result is not known."""')
    for key, unit, label in _kwhatif.results():
        out.append("    @property")
        out.append(f"    def {key}(self) -> float | None:")
        out.append(f'        """{label}' + (f" [{unit}]" if unit else "") + '"""')
    for name, kind in (("results", "dict[str, float | None]"), ("intervals", "dict[str, dict[str, float]]"),
                       ("scenario", "dict[str, Any]")):
        out.append(f"    @property\n    def {name}(self) -> {kind}: ...")
    for name in ("drivers", "assumptions", "warnings", "sources"):
        out.append(f"    @property\n    def {name}(self) -> builtins.list[dict[str, Any]]: ...")
    out.append("    def interval(self, name: str) -> dict[str, float] | None: ...")
    out.append("    def sentence(self) -> str: ...\n    def charts(self, width: int = ...) -> dict[str, str]: ...")
    out.append("    def explain(self) -> Explanation: ...")
    out.append("    def to_json(self) -> str: ...\n    def to_dict(self) -> dict[str, Any]: ...")
    out.append("    def to_csv(self) -> str: ...\n    def to_pandas(self) -> pandas.DataFrame: ...")
    out.append("    def _repr_html_(self) -> str: ...")
    out.append("    def with_(\n        self, *,\n        bands: bool = ...,\n" + keywords("        ") +
               "\n    ) -> Estimate: ...")
    out.append(SWEEP.replace("list_[", "builtins.list["))
    out.append("def estimate(\n    run: Run = ..., *,\n    bands: bool = ...,\n" + keywords("    ") +
               '\n) -> Estimate:\n    """Estimates one run; its bands are worked out when asked for, or with bands=True at once."""\n')
    out.append("def sweep(\n    run: Run = ..., *,\n    axis: Axes,\n    where: str | Sequence[str] = ...,\n"
               "    results: str | Sequence[str] | None = ...,\n    threads: int | None = ...,\n"
               "    unavailable: bool = ...,\n" + keywords("    ") +
               '\n) -> Sweep:\n    """A grid of runs as columns of numpy, one dimension per axis."""')
    out.append(OTHERS)
    return "\n".join(out)


if __name__ == "__main__":
    with open(sys.argv[1], "w", encoding="utf-8") as file:
        file.write(stub())
