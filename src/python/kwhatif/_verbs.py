"""All other verbs: a question by keywords, its answer as Answer."""
from ._answers import INPUTS, Answer, plain, run_part
from ._sweep import axis_text


def _options(options):
    out = {}
    for name, value in options.items():
        if value is None or value is False:
            continue
        if isinstance(value, (list, tuple)):
            out[name] = [plain(name, one) for one in value]
        else:
            out[name] = plain(name, value)
    return out


def _axes(axes):
    if isinstance(axes, dict):
        return [axis_text(*axis) for axis in axes.items()]
    return [axes] if isinstance(axes, str) else list(axes)


def _of_run(verb, run, given, options=()):
    inputs = {name: value for name, value in given.items() if name in INPUTS and name not in options}
    others = {name: value for name, value in given.items() if name not in inputs}
    question = run_part(run, inputs)
    if others:
        question["options"] = _options(others)
    return Answer(verb, question, options)


def _of_names(verb, names, options):
    question = {"arguments": [plain("argument", name) for name in names if name is not None]}
    if options:
        question["options"] = _options(options)
    return Answer(verb, question)


def compare(*runs, vary=None, **given):
    if vary is not None:
        given["vary"] = _axes(vary)
    if len(runs) <= 1:
        return _of_run("compare", runs[0] if runs else None, given)
    unknown = {name: value for name, value in given.items() if name not in INPUTS}
    over = {name: value for name, value in given.items() if name in INPUTS}
    question = {"runs": [run_part(run, over) for run in runs]}
    if unknown:
        question["options"] = _options(unknown)
    return Answer("compare", question)


def plan(run=None, *, axis=(), where=(), **given):
    return _of_run("plan", run, {**given, "axis": _axes(axis), "where": [where] if isinstance(where, str) else list(where)})


def schedule(run=None, **given):
    return _of_run("schedule", run, given)


def levers(run=None, **given):
    return _of_run("levers", run, given)


def methods(run=None, **given):
    return _of_run("methods", run, given)


def sensitivity(run=None, **given):
    return _of_run("sensitivity", run, given)


def lifecycle(run=None, *, serve=None, functional_unit=None, **inputs):
    question = run_part(run, {name: value for name, value in inputs.items()})
    options = _options(serve or {})
    if functional_unit is not None:
        options["functional_unit"] = functional_unit
    if options:
        question["options"] = options
    return Answer("lifecycle", question)


def serve(model=None, *, vary=None, **options):
    if vary is not None:
        options["vary"] = _axes(vary)
    if model is not None:
        options["model"] = plain("model", model)
    return Answer("serve", {"options": _options(options)})


def model(name, **options):
    return _of_names("model", [name], options)


def list_(kind=None, **options):
    return _of_names("list", [kind], options)


def show(*names, **options):
    return _of_names("show", names, options)


def equiv(amount, **options):
    return _of_names("equiv", [amount], options)


def reproduce(*studies, **options):
    return _of_names("reproduce", studies, options)


_IMPORT_OPTIONS = ("row", "run_id", "project", "sum", "columns", "as_study")


def import_(*files, **given):
    options = {name: value for name, value in given.items() if name in _IMPORT_OPTIONS or name not in INPUTS}
    question = run_part(None, {name: value for name, value in given.items() if name not in options})
    question["arguments"] = [plain("file", file) for file in files]
    if options:
        question["options"] = _options(options)
    return Answer("import", question, _IMPORT_OPTIONS)
