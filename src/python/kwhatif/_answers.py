"""Answers: the numbers by name, and the same text, JSON and rows as the program prints."""
import html
import io
import itertools
import json

from . import _kwhatif
from ._errors import KwhatifError, as_type_error

INPUTS = {row["name"]: row for row in _kwhatif.inputs()}
RESULTS = {key: (unit, label) for key, unit, label in _kwhatif.results()}
USUAL_WIDTH = 110
DRAWN = ("compare", "lifecycle", "plan", "schedule", "sensitivity", "serve")  # verbs whose answers have charts


def plain(name, value):
    """A value as JSON has it: numbers of numpy as numbers, paths as texts."""
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if hasattr(value, "__fspath__"):
        return str(value.__fspath__())
    if hasattr(value, "item") and hasattr(value, "dtype") and not getattr(value, "shape", ()):
        return value.item()
    raise TypeError(f"'{name}' takes a text or a number, not {type(value).__name__}")


def base_of(run):
    """(id of a published run, path of a run file) of what was given as the run."""
    if run is None:
        return None, None
    text = plain("run", run)
    if not isinstance(text, str):
        raise TypeError(f"a run is the id of a published run or the path of a run file, not {type(run).__name__}")
    return (None, text) if text.endswith(".toml") or text not in _published() and _is_file(text) else (text, None)


def _published():
    global _ids
    if _ids is None:
        _ids = frozenset(_kwhatif.published_runs())
    return _ids


_ids = None


def _is_file(path):
    import os
    return os.path.isfile(path)


def run_part(run, inputs):
    """The part of a question in JSON that says what the run is."""
    out = {}
    said = []
    if isinstance(run, Estimate):
        published, path, said = run._published, run._path, list(run._said)
    elif isinstance(run, dict):
        published, path, said = None, None, [run]
    else:
        published, path = base_of(run)
    if published is not None:
        out["run"] = published
    if path is not None:
        with open(path, encoding="utf-8") as file:
            out["run_file"] = file.read()
    said = [{name: plain(name, value) for name, value in one.items() if value is not None} for one in said + [inputs]]
    said = [one for one in said if one]
    if said:
        out["inputs"] = said
    return out


def ask(verb, question, known=()):
    """The texts of an answer by form. @raise KwhatifError, TypeError"""
    text, wrong = _kwhatif.call(json.dumps({"verb": verb, **question}))
    if not wrong:
        return text
    faults = json.loads(text)["errors"]
    error = KwhatifError("".join(fault.pop("text") for fault in faults), faults)
    unknown = as_type_error(error, {"import": "import_", "list": "list"}.get(verb, verb), [*INPUTS, *known],
                            _kwhatif.nearest)
    raise (unknown or error) from None


class Answer:
    """What a verb answers: str() is the text that the program prints; keys are those of its JSON."""

    def __init__(self, verb, question, known=()):
        self._verb = verb
        self._question = question
        # both at once: some answers take seconds to find
        self._texts = json.loads(ask(verb, {**question, "form": ["json", "text"], "width": USUAL_WIDTH}, known))
        self._dict = None

    def to_json(self):
        """The document of the program's --json, byte for byte."""
        return self._texts["json"]

    def to_dict(self):
        """to_json() as a dict."""
        if self._dict is None:
            self._dict = json.loads(self._texts["json"])
        return self._dict

    def to_csv(self):
        """Rows of fixed columns, where the verb has them."""
        return ask(self._verb, {**self._question, "form": "csv"})

    def to_pandas(self):
        """to_csv() as a DataFrame: units are in the heads."""
        import pandas
        return pandas.read_csv(io.StringIO(self.to_csv()))

    def __getitem__(self, key):
        return self.to_dict()[key]

    def __contains__(self, key):
        return key in self.to_dict()

    def keys(self):
        return self.to_dict().keys()

    @property
    def warnings(self):
        return self.to_dict().get("warnings", [])

    @property
    def sources(self):
        return self.to_dict().get("sources", [])

    def __str__(self):
        return self._texts["text"].rstrip("\n")

    def __repr__(self):
        return f"<kwhatif {self._verb}: {', '.join(self.keys())}>"

    def charts(self, width=720):
        """Pictures of the answer by title, as texts of SVG, the one that says most first; none where the verb has none."""
        if self._verb not in DRAWN:
            return {}
        drawn = ask(self._verb, {**self._question, "form": "svg", "width": width, "id_prefix": unlike_id()})
        return {chart["title"]: chart["svg"] for chart in json.loads(drawn)["charts"]}

    def _repr_html_(self):
        return next(iter(self.charts().values()), "") + f"<pre>{html.escape(str(self))}</pre>"

    def __reduce__(self):
        return (Answer, (self._verb, self._question))


class Explanation:
    """How every number follows: `text` as the program prints it, `tree` as its JSON has it."""

    def __init__(self, text, document):
        self.text = text.rstrip("\n")
        self.tree = document

    def __str__(self):
        return self.text

    def __repr__(self):
        return "<kwhatif explain>"

    def _repr_html_(self):
        return f"<pre>{html.escape(self.text)}</pre>"


class Estimate:
    """What one run takes. Results are attributes, named and in the units as in JSON: `.facility_energy_kwh`;
    None where a result is not known."""

    __slots__ = ("_core", "_published", "_path", "_said", "_dict")

    def __init__(self, core, published, path, said):
        self._core = core
        self._published = published
        self._path = path
        self._said = said
        self._dict = None

    def __getattr__(self, name):  # what is no other attribute
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return self._core.number(name)
        except KeyError:
            raise AttributeError(no_result(name)) from None

    def __dir__(self):
        return [*super().__dir__(), *RESULTS]

    @property
    def results(self):
        """All results by name; None where one is not known."""
        return self._core.numbers()

    @property
    def intervals(self):
        """Of each uncertain result its prediction interval: p05, p25, p50, p75, p95."""
        return self._core.intervals()

    def interval(self, name):
        """The prediction interval of one result, in less time than all; None where it is not uncertain."""
        try:
            return self._core.interval(name)
        except KeyError:
            raise KeyError(no_result(name)) from None

    @property
    def drivers(self):
        """What the uncertainty comes from, the largest share first."""
        return self._core.drivers()

    @property
    def assumptions(self):
        """What was not given, so predicted or taken from a table, each with its source."""
        return self.to_dict()["assumptions"]

    @property
    def warnings(self):
        return self.to_dict()["warnings"]

    @property
    def sources(self):
        return self.to_dict()["sources"]

    @property
    def scenario(self):
        """The run as resolved, in numbers."""
        return self.to_dict()["scenario"]

    def sentence(self):
        """What to say of the run in a paper: the forecast with its interval and what it rests on."""
        return self._core.sentence()

    def charts(self, width=720):
        """Pictures of the answer by title, as texts of SVG; the one that says most first."""
        return {title: svg for title, _, svg in self._core.charts(width, unlike_id())}

    def explain(self):
        """How every number follows, down to its sources."""
        return Explanation(self._core.explained("text", USUAL_WIDTH), json.loads(self._core.explained("json", 0)))

    def with_(self, *, bands=False, **inputs):
        """The same run with other inputs, which win over those before in all that they displace."""
        return Estimate(over(self._core.with_inputs, "with_", inputs, bands), self._published, self._path,
                        (*self._said, inputs))

    def to_json(self):
        """The document of `kwhatif estimate --json`, byte for byte."""
        return self._core.shown("json", USUAL_WIDTH)

    def to_dict(self):
        """to_json() as a dict."""
        if self._dict is None:
            self._dict = json.loads(self.to_json())
        return self._dict

    def to_csv(self):
        return self._core.shown("csv", USUAL_WIDTH)

    def to_pandas(self):
        """One row, units in the heads."""
        import pandas
        return pandas.read_csv(io.StringIO(self.to_csv()))

    def __str__(self):
        return self._core.shown("text", USUAL_WIDTH).rstrip("\n")

    def __repr__(self):
        known = ((name, self._core.number(name)) for name in ("facility_energy_kwh", "operational_location_kg"))
        return "<kwhatif estimate" + "".join(f" {name}={value:.4g}" for name, value in known if value is not None) + ">"

    def _repr_html_(self):
        return next(iter(self.charts().values()), "") + f"<pre>{html.escape(str(self))}</pre>"

    def __eq__(self, other):
        return isinstance(other, Estimate) and self.to_json() == other.to_json()

    __hash__ = None

    def __copy__(self):
        return self  # nothing changes it

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return (again, (self._published, self._path, self._said))


def no_result(name):
    near = _kwhatif.nearest(name, list(RESULTS))
    return f"no result '{name}'" + (f"; {near}" if near else "")


_drawn = itertools.count(1)


def unlike_id():
    """Of pictures on one page, no two have the same ids."""
    return f"kwhatif-{next(_drawn)}"


def again(published, path, said):
    """An estimate from the questions that led to it."""
    core = _kwhatif.estimate(published, path, dict(said[0]) if said else {}, len(said) <= 1)
    for i, inputs in enumerate(said[1:], 2):
        core = core.with_inputs(dict(inputs), i == len(said))
    return Estimate(core, published, path, said)


def over(core, verb, inputs, bands):
    try:
        return core(inputs, bands)
    except KwhatifError as error:
        unknown = as_type_error(error, verb, INPUTS, _kwhatif.nearest)
        if unknown:
            raise unknown from None
        raise


def estimate(run=None, *, bands=False, **inputs):
    if isinstance(run, Estimate):
        return run.with_(bands=bands, **inputs)
    if isinstance(run, dict):
        run, inputs = None, {**run, **inputs}
    published, path = base_of(run)
    core = over(lambda said, wanted: _kwhatif.estimate(published, path, said, wanted), "estimate", inputs, bands)
    return Estimate(core, published, path, (inputs,))
