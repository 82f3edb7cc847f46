"""Grids of runs as columns of numpy."""
import math

from . import _kwhatif
from ._answers import INPUTS, Estimate, base_of, plain
from ._errors import KwhatifError, as_type_error


def axis_text(name, values):
    """NAME=V1,V2,… or NAME=FROM:TO:linN of what was given for one axis."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, (str, int, float)):
        values = [values]
    texts = [repr(value) if isinstance(value, float) else str(plain(name, value)) for value in values]
    return name.replace("_", "-") + "=" + ",".join(texts)


class Sweep:
    """A grid of runs. `sweep["facility_energy_kwh"]`, or the same as an attribute, is an array with one dimension
    per axis, in the unit of its name; NaN where a result is not known or a condition does not hold."""

    def __init__(self, core):
        import numpy
        self.axes = {}
        self.units = {}
        for axis in core.axes:
            numeric = not axis["values"] or isinstance(axis["values"][0], float)
            self.axes[axis["column"]] = numpy.array(axis["values"], dtype=float if numeric else object)
            self.units[axis["column"]] = axis["unit"]
        self.dims = tuple(self.axes)
        self.shape = tuple(len(values) for values in self.axes.values())
        self.labels = {}
        self.columns = {}
        for key, unit, label in core.results:
            self.units[key] = unit
            self.labels[key] = label
            self.columns[key] = numpy.empty(self.shape)
        core.fill([column.reshape(-1) for column in self.columns.values()])
        self.warnings = core.warnings
        self.notes = core.notes
        self.sources = core.sources

    def __getitem__(self, key):
        return self.columns[key]

    def __getattr__(self, name):
        columns = self.__dict__.get("columns", {})
        if name in columns:
            return columns[name]
        near = _kwhatif.nearest(name, list(columns)) if columns else ""
        raise AttributeError(f"no column '{name}'" + (f"; {near}" if near else ""))

    def __dir__(self):
        return [*super().__dir__(), *self.columns]

    def __len__(self):
        return math.prod(self.shape)

    def __repr__(self):
        shape = " x ".join(f"{name} {size}" for name, size in zip(self.dims, self.shape))
        return f"<kwhatif sweep: {shape}; {', '.join(self.columns)}>"

    def _flat_axes(self):
        import numpy
        inner = len(self)
        for name, values in self.axes.items():
            inner //= max(1, len(values))
            outer = len(self) // max(1, inner * len(values))
            yield name, numpy.tile(numpy.repeat(values, inner), outer)

    def to_structured(self):
        """One record per row, the last axis fastest: the axes, then the results."""
        import numpy
        flat = dict(self._flat_axes())
        width = {name: max((len(value) for value in self.axes[name]), default=1)
                 for name in flat if flat[name].dtype == object}
        kinds = [(name, f"U{width[name]}" if name in width else "f8") for name in flat]
        out = numpy.empty(len(self), dtype=kinds + [(key, "f8") for key in self.columns])
        for name, values in flat.items():
            out[name] = values
        for key, values in self.columns.items():
            out[key] = values.reshape(-1)
        return out

    def to_pandas(self):
        """A DataFrame with one row per run: columns of the axes, then of the results."""
        import pandas
        columns = dict(self._flat_axes())
        columns.update((key, values.reshape(-1)) for key, values in self.columns.items())
        return pandas.DataFrame(columns)

    def to_xarray(self):
        """A Dataset with a dimension per axis; units and long names are attributes."""
        import xarray
        data = {key: (self.dims, values, {"units": self.units[key], "long_name": self.labels[key]})
                for key, values in self.columns.items()}
        coords = {name: (name, values, {"units": self.units[name]}) for name, values in self.axes.items()}
        return xarray.Dataset(data, coords)


def sweep(run=None, *, axis, where=(), results=None, threads=None, unavailable=False, **inputs):
    said = {}
    if isinstance(run, Estimate):
        if len(run._said) > 1:
            raise TypeError("sweep() takes a run as it was first said; give the inputs of with_() as keywords")
        published, path, said = run._published, run._path, dict(run._said[0]) if run._said else {}
    elif isinstance(run, dict):
        published, path, said = None, None, dict(run)
    else:
        published, path = base_of(run)
    said.update(inputs)
    axes = [axis] if isinstance(axis, str) else [axis_text(*one) for one in axis.items()] if isinstance(
        axis, dict) else list(axis)
    if results is not None and not isinstance(results, str):
        results = ",".join(results)
    try:
        core = _kwhatif.columns(published, path, said, axes, [where] if isinstance(where, str) else list(where), results,
                                None if threads is None else str(threads), unavailable)
    except KwhatifError as error:
        unknown = as_type_error(error, "sweep", INPUTS, _kwhatif.nearest)
        if unknown:
            raise unknown from None
        raise
    return Sweep(core)
