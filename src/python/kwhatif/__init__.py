"""kwhatif: what training an AI model takes: energy, CO2e, water, time, money; before it starts, offline.

>>> import kwhatif
>>> run = kwhatif.estimate(params="70B", tokens="2T", hardware="h100-sxm5", chips=2048, region="gcp:us-central1")
>>> run.facility_energy_kwh, run.intervals["facility_energy_kwh"]

Inputs are those of the program (`kwhatif estimate --help`), with _ for -: texts with a unit, numbers where a count or
ratio may be bare. A run is also the path of a run file ("run.toml"), the id of a published run
("patterson-2021/gpt-3"), a dict of inputs, or an Estimate. Results are named and in the units as in JSON.
"""
from . import _kwhatif, _verbs
from ._answers import Answer, Estimate, Explanation, estimate
from ._errors import KwhatifError
from ._sweep import Sweep, sweep
from ._verbs import (compare, equiv, import_, levers, lifecycle, methods, model, plan, reproduce, schedule, sensitivity,
                     serve, show)

list = _verbs.list_
__version__ = _kwhatif.version
data_version = _kwhatif.data_version
__all__ = ["Answer", "Estimate", "Explanation", "KwhatifError", "Sweep", "compare", "data_version", "equiv", "estimate",
           "import_", "levers", "lifecycle", "list", "methods", "model", "plan", "reproduce", "schedule", "sensitivity",
           "serve", "show", "sweep"]
