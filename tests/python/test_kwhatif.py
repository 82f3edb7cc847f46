"""The Python module says what the program says. Run by ctest -L python, or with the built module on PYTHONPATH:
KWHATIF_PROGRAM=build/release/kwhatif PYTHONPATH=build/release/python python3 tests/python/test_kwhatif.py"""
import ast
import concurrent.futures
import copy
import importlib.util
import itertools
import json
import math
import os
import pathlib
import pickle
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

import kwhatif
from kwhatif import _kwhatif

PROGRAM = os.environ["KWHATIF_PROGRAM"]
RUN = {"params": "7B", "tokens": "1T", "hardware": "h100-sxm5", "chips": 256, "grid": "FRA"}
PUBLISHED = _kwhatif.published_runs()


def program(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, check=False).stdout


def called(question):
    text, wrong = _kwhatif.call(json.dumps(question))
    return None if wrong else text


def has(*names):
    return all(importlib.util.find_spec(name) for name in names)


class Published(unittest.TestCase):
    def test_every_published_run_has_the_document_of_the_library(self):
        estimated = 0
        for name in PUBLISHED:
            expected = called({"verb": "estimate", "run": name})
            if expected is None:
                with self.assertRaises(kwhatif.KwhatifError):
                    kwhatif.estimate(name)
                continue
            run = kwhatif.estimate(name)
            self.assertEqual(run.to_json(), expected, name)
            self.assertEqual(run.results, json.loads(expected)["results"], name)
            self.assertEqual(kwhatif.estimate(name, bands=False).results, run.results, name)
            estimated += 1
        self.assertGreater(estimated, 50)

    def test_a_sample_has_the_bytes_of_the_program(self):
        for name in PUBLISHED[::max(1, len(PUBLISHED) // 20)]:
            expected = program("estimate", name, "--json")
            if expected:
                self.assertEqual(kwhatif.estimate(name).to_json(), expected, name)

    def test_text_is_that_of_the_program(self):
        expected = program("estimate", "patterson-2021/gpt-3", "--pue", "1.2")
        self.assertEqual(str(kwhatif.estimate("patterson-2021/gpt-3", pue=1.2)) + "\n", expected)


class Values(unittest.TestCase):
    def test_texts_and_numbers_are_the_same(self):
        typed = kwhatif.estimate(**{**RUN, "seq_len": "4096"})
        numbers = kwhatif.estimate(params=7e9, tokens=10**12, hardware="h100-sxm5", chips=256, grid="FRA", seq_len=4096,
                                   pue=None)
        self.assertEqual(typed.results, numbers.results)

    def test_values_by_name(self):
        run = kwhatif.estimate(RUN)
        self.assertGreater(run.facility_energy_kwh, 0)
        self.assertIsNone(run.operational_market_kg)
        self.assertEqual(run.results["wall_hours"], run.wall_hours)
        band = run.intervals["facility_energy_kwh"]
        self.assertLess(band["p05"], run.facility_energy_kwh)
        self.assertGreater(band["p95"], run.facility_energy_kwh)
        self.assertTrue(run.drivers and run.assumptions and run.sources)
        self.assertIn("facility_energy_kwh", dir(run))
        with self.assertRaisesRegex(AttributeError, "facility_energy_kwh"):
            run.facility_energy_kw

    def test_bands_wait_until_they_are_asked_for(self):
        self.assertEqual(kwhatif.estimate(RUN, bands=True).to_json(), kwhatif.estimate(RUN).to_json())
        stages = program("init", "stages")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "stages.toml"
            path.write_text(stages)
            for said in (RUN, "patterson-2021/gpt-3", path):
                run = kwhatif.estimate(said)
                alone = {name: run.interval(name) for name in run.results}
                intervals, drivers = run.intervals, run.drivers  # without the document
                self.assertEqual({name: band for name, band in alone.items() if band}, intervals)
                self.assertEqual({name: run.interval(name) for name in run.results}, alone)
                document = run.to_dict()  # which takes the bands that are known by now
                self.assertEqual((intervals, drivers), (document["intervals"], document["drivers"]))
                self.assertEqual(run.to_json(), kwhatif.estimate(said).to_json())
                self.assertEqual((run.intervals, run.drivers), (intervals, drivers))

        with self.assertRaisesRegex(KeyError, "facility_energy_kwh"):
            kwhatif.estimate(RUN).interval("facility_energy_kw")

    def test_the_sentence_is_that_of_the_program(self):
        said = [word for name, value in RUN.items() for word in ("--" + name, str(value))]
        self.assertEqual(kwhatif.estimate(RUN).sentence() + "\n", program("estimate", *said, "--sentence"))
        self.assertIn("GPT-3", kwhatif.estimate("patterson-2021/gpt-3").sentence())

    def test_notebooks_get_a_picture_and_the_text(self):
        run = kwhatif.estimate(RUN)
        shown = [run._repr_html_(), run._repr_html_(), kwhatif.compare(RUN, vary={"grid": ["FRA", "SWE"]})._repr_html_()]
        known = set()
        for page in shown:
            tree = xml.etree.ElementTree.fromstring("<div>" + page + "</div>")
            self.assertTrue(tree[0].tag.endswith("svg"), tree[0].tag)
            self.assertEqual(tree[1].tag, "pre")
            ids = [node.get("id") for node in tree.iter() if node.get("id")]
            self.assertTrue(ids)
            self.assertFalse(known & set(ids), "pictures on one page have ids of their own")
            known.update(ids)
        self.assertIn('width="300"', next(iter(run.charts(300).values())))
        self.assertEqual(kwhatif.equiv("85 t").charts(), {})

    def test_with_lays_inputs_over_those_before(self):
        run = kwhatif.estimate(RUN)
        more = run.with_(chips=512)
        self.assertEqual(more.results, kwhatif.estimate({**RUN, "chips": 512}).results)
        self.assertLess(more.wall_hours, run.wall_hours)
        timed = kwhatif.estimate(RUN, mfu=0.4).with_(hours="10 days")  # gives way, no conflict
        self.assertAlmostEqual(timed.wall_hours, 240)

    def test_run_files(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "run.toml"
            path.write_text('[model]\nparameters = "7B"\n[training]\ntokens = "1T"\n[hardware]\nid = "h100-sxm5"\n'
                            'count = 256\n[site]\ngrid = "FRA"\n')
            self.assertEqual(kwhatif.estimate(path).results, kwhatif.estimate(RUN).results)
            self.assertEqual(kwhatif.estimate(str(path), chips=8).results, kwhatif.estimate({**RUN, "chips": 8}).results)
            self.assertIn("levers", kwhatif.levers(path)["schema"])
            path.write_text('[model]\nparametres = "7B"\n')
            with self.assertRaises(kwhatif.KwhatifError) as raised:
                kwhatif.estimate(path)
            fault = raised.exception.diagnostics[0]
            self.assertEqual((fault["code"], fault["field"], fault["line"]), ("unknown-key", str(path), 2))

    def test_explain(self):
        explained = kwhatif.estimate("patterson-2021/gpt-3").explain()
        self.assertEqual(str(explained) + "\n", program("explain", "patterson-2021/gpt-3"))
        self.assertEqual(explained.tree, json.loads(program("explain", "patterson-2021/gpt-3", "--json")))

    def test_pickle_and_copy(self):
        run = kwhatif.estimate(RUN).with_(pue=1.3)
        self.assertEqual(pickle.loads(pickle.dumps(run)).to_json(), run.to_json())
        self.assertEqual(copy.deepcopy(run), run)
        answer = kwhatif.show("hardware", "h100-sxm5")
        self.assertEqual(pickle.loads(pickle.dumps(answer)).to_json(), answer.to_json())

    def test_threads(self):
        chips = [8 * 2**(i % 9) for i in range(72)]
        alone = [kwhatif.estimate({**RUN, "chips": n}).to_json() for n in chips]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(lambda n: kwhatif.estimate({**RUN, "chips": n}).to_json(), chips)), alone)
            shared = kwhatif.estimate(RUN, bands=False)
            self.assertEqual(len(set(pool.map(lambda _: shared.to_json(), range(16)))), 1)


class Errors(unittest.TestCase):
    def test_all_faults_with_their_fields(self):
        with self.assertRaises(ValueError) as raised:
            kwhatif.estimate(params="70B", tokens="2T", hardware="h100-sxm6", chips=-1, pue=110)
        error = raised.exception
        self.assertIsInstance(error, kwhatif.KwhatifError)
        self.assertEqual({fault["field"] for fault in error.diagnostics}, {"hardware", "chips", "pue"})
        self.assertIn("h100-sxm5", str(error))
        self.assertIn("^^^", str(error))
        self.assertEqual(pickle.loads(pickle.dumps(error)).diagnostics, error.diagnostics)

    def test_unknown_keywords_are_type_errors(self):
        calls = [lambda: kwhatif.estimate(parms="70B"), lambda: kwhatif.sweep(parms="70B", axis={"chips": [8]}),
                 lambda: kwhatif.estimate(RUN).with_(parms="70B"), lambda: kwhatif.levers(RUN, parms="70B"),
                 lambda: kwhatif.compare(RUN, RUN, parms="70B")]
        for call in calls:
            with self.assertRaisesRegex(TypeError, "unexpected keyword argument 'parms'; did you mean 'params'"):
                call()
        with self.assertRaisesRegex(TypeError, "seq_len"):
            kwhatif.estimate(seqlen=4096)
        with self.assertRaisesRegex(TypeError, "minimize"):
            kwhatif.plan(RUN, minimise="co2e")

    def test_values_of_no_sense(self):
        for bad in ([8], {}, object()):
            with self.assertRaisesRegex(TypeError, "chips"):
                kwhatif.estimate({**RUN, "chips": bad})
        for bad in (math.nan, math.inf, "", "many"):
            with self.assertRaises(kwhatif.KwhatifError):
                kwhatif.estimate({**RUN, "chips": bad})
        with self.assertRaisesRegex(kwhatif.KwhatifError, "gpt-3"):
            kwhatif.estimate("patterson-2021/gpt3")
        for bad in (3, []):
            with self.assertRaises(TypeError):
                kwhatif.estimate(bad)


@unittest.skipUnless(has("numpy"), "needs numpy")
class Sweeps(unittest.TestCase):
    AXES = {"chips": [8, 64, 512], "grid": ["FRA", "POL"], "params": "1e9:1e11:log4"}

    def setUp(self):
        run = {name: value for name, value in RUN.items() if name not in self.AXES}
        self.run = run
        self.sweep = kwhatif.sweep(run, axis=self.AXES, results=["facility_energy", "co2e", "wall_hours", "cost"])

    def test_every_point_is_the_single_estimate(self):
        sweep = self.sweep
        self.assertEqual((sweep.dims, sweep.shape), (("chips", "grid", "params"), (3, 2, 4)))
        self.assertEqual(list(sweep.columns), ["facility_energy_kwh", "operational_location_kg", "wall_hours", "cost_usd"])
        for at in itertools.product(*(range(n) for n in sweep.shape)):
            chips, grid, params = (sweep.axes[name][i] for name, i in zip(sweep.dims, at))
            one = kwhatif.estimate(self.run, chips=chips, grid=grid, params=params, bands=False).results
            for key, values in sweep.columns.items():
                self.assertTrue(math.isclose(values[at], one[key], rel_tol=2e-15), (at, key, values[at], one[key]))
        self.assertIs(sweep.wall_hours, sweep["wall_hours"])
        self.assertEqual(len(sweep), 24)

    def test_columns_own_their_memory(self):
        for values in self.sweep.columns.values():
            self.assertTrue(values.flags.owndata and values.flags.c_contiguous)

    def test_threads_and_blocks_do_not_matter(self):
        import numpy
        axes = {"params": "1e9:1e11:log701", "tokens": "1e11:1e13:log1103"}
        run = {name: value for name, value in RUN.items() if name not in axes}
        one = kwhatif.sweep(run, axis=axes, results="co2e", threads=1)
        for threads in (2, 7):
            more = kwhatif.sweep(run, axis=axes, results="co2e", threads=threads)
            numpy.testing.assert_array_equal(one["operational_location_kg"], more["operational_location_kg"])
        for i, k in ((0, 0), (700, 1102), (333, 1023), (333, 1024)):
            point = kwhatif.estimate(run, params=one.axes["params"][i], tokens=one.axes["tokens"][k], bands=False)
            self.assertTrue(math.isclose(one["operational_location_kg"][i, k], point.operational_location_kg,
                                         rel_tol=2e-15))

    def test_conditions_and_gaps_are_nan(self):
        import numpy
        limit = float(numpy.median(self.sweep["wall_hours"]))
        some = kwhatif.sweep(self.run, axis=self.AXES, results="co2e", where=f"time<={limit} h")
        holds = self.sweep["wall_hours"] <= limit
        numpy.testing.assert_array_equal(~numpy.isnan(some["operational_location_kg"]), holds)
        numpy.testing.assert_array_equal(some["operational_location_kg"][holds],
                                         self.sweep["operational_location_kg"][holds])

    def test_axes_of_numpy(self):
        import numpy
        sweep = kwhatif.sweep(self.run, axis={"chips": numpy.array([8, 16]), "params": numpy.geomspace(1e9, 1e10, 3),
                                              "grid": ["FRA"]}, results="co2e")
        self.assertEqual(sweep.shape, (2, 3, 1))
        published = kwhatif.sweep("patterson-2021/gpt-3", axis="pue=1.1,1.2", results="facility_energy")
        self.assertTrue(math.isclose(published["facility_energy_kwh"][1],
                                     kwhatif.estimate("patterson-2021/gpt-3", pue=1.2).facility_energy_kwh, rel_tol=2e-15))

    def test_structured(self):
        rows = self.sweep.to_structured()
        self.assertEqual(rows.shape, (24,))
        self.assertEqual(rows.dtype.names[:3], ("chips", "grid", "params"))
        row = rows[3 + 4 * (1 + 2 * 2)]
        self.assertEqual((row["chips"], row["grid"]), (512, "POL"))
        self.assertEqual(row["cost_usd"], self.sweep["cost_usd"][2, 1, 3])

    @unittest.skipUnless(has("pandas"), "needs pandas")
    def test_pandas(self):
        frame = self.sweep.to_pandas()
        self.assertEqual(frame.shape, (24, 7))
        one = frame[(frame.chips == 64) & (frame.grid == "POL")]
        self.assertEqual(list(one.cost_usd), list(self.sweep["cost_usd"][1, 1]))
        self.assertEqual(len(kwhatif.list("grids", limit=3).to_pandas()), 3)
        self.assertEqual(kwhatif.estimate(RUN).to_pandas().shape[0], 1)

    @unittest.skipUnless(has("xarray"), "needs xarray")
    def test_xarray(self):
        data = self.sweep.to_xarray()
        self.assertEqual(dict(data.sizes), {"chips": 3, "grid": 2, "params": 4})
        self.assertEqual(data["cost_usd"].attrs["units"], "USD")
        self.assertEqual(float(data["cost_usd"].sel(chips=512, grid="POL")[3]), self.sweep["cost_usd"][2, 1, 3])

    def test_refusals(self):
        with self.assertRaisesRegex(kwhatif.KwhatifError, "axis"):
            kwhatif.sweep(self.run, axis={"colour": [1, 2]})
        with self.assertRaises(kwhatif.KwhatifError):
            kwhatif.sweep(self.run, axis={"params": "1e9:1e11:log100000", "tokens": "1e9:1e11:log100000"})
        with self.assertRaises(ValueError):
            core = _kwhatif.columns(None, None, self.run, ["chips=8,16", "params=1e9", "grid=FRA"], [], "co2e", None, False)
            core.fill([bytearray(16)])


class Verbs(unittest.TestCase):
    def test_each_answers_as_the_program_does(self):
        flags = [flag for name, value in RUN.items() for flag in ("--" + name, str(value))]
        for verb in ("levers", "methods", "sensitivity", "lifecycle"):
            answer = getattr(kwhatif, verb)(RUN)
            self.assertEqual(str(answer) + "\n", program(verb, *flags), verb)
        self.assertIn("ratios", kwhatif.compare(RUN, vary={"chips": [128, 256]}).keys())
        pair = kwhatif.compare("patterson-2021/gpt-3", kwhatif.estimate(RUN).with_(chips=64))
        self.assertEqual(len(pair["runs"]), 2)
        self.assertIn("<pre>", pair._repr_html_())
        plan = kwhatif.plan(params="7B", tokens="100B", grid="FRA", max_time="30 days", minimize="energy")
        self.assertEqual(plan["schema"], "kwhatif/plan/1")
        self.assertEqual(kwhatif.schedule(hours="36h", hardware="h100-sxm5", chips=64, grid="US-CAL-CISO")["schema"],
                         "kwhatif/schedule/1")
        self.assertEqual(kwhatif.serve("llama-3.1-8b", hardware="h100-sxm5", devices=1)["schema"], "kwhatif/serve/1")
        self.assertEqual(kwhatif.model("gpt-3").to_json(), program("model", "gpt-3", "--json"))
        self.assertEqual(kwhatif.list("grids", limit=2).to_json(), program("list", "grids", "--limit", "2", "--json"))
        self.assertEqual(kwhatif.show("hardware", "h100-sxm5").to_json(),
                         program("show", "hardware", "h100-sxm5", "--json"))
        self.assertEqual(kwhatif.reproduce("carbontracker-2020").to_json(),
                         program("reproduce", "carbontracker-2020", "--json"))
        self.assertEqual(str(kwhatif.equiv("85 t")) + "\n", program("equiv", "85 t"))

    def test_a_log_becomes_a_run(self):
        with tempfile.TemporaryDirectory() as folder:
            log = pathlib.Path(folder) / "emissions.csv"
            log.write_text("timestamp,project_name,run_id,duration,emissions,energy_consumed,country_iso_code,gpu_model,gpu_count\n"
                           "2024-05-01T10:00:00,codecarbon,1,3600,1.2,3.5,FRA,1 x NVIDIA A100-SXM4-80GB,1\n")
            answer = kwhatif.import_(log)
            self.assertEqual(answer.to_json(), program("import", str(log), "--json"))
            run = pathlib.Path(folder) / "run.toml"
            run.write_text(str(answer) + "\n")
            self.assertAlmostEqual(kwhatif.estimate(run).it_energy_kwh, 3.5)


class Stubs(unittest.TestCase):
    def test_keywords_are_the_inputs_and_inputs_the_keywords(self):
        path = pathlib.Path(kwhatif.__file__).with_name("__init__.pyi")
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inputs = {row["name"] for row in _kwhatif.inputs()}
        functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        own = {"estimate": {"bands"}, "with_": {"bands"}, "sweep": {"axis", "where", "results", "threads", "unavailable"}}
        for name, others in own.items():
            keywords = {argument.arg for argument in functions[name].args.kwonlyargs}
            self.assertEqual(keywords - others, inputs, name)
        results = {key for key, _, _ in _kwhatif.results()}
        classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        members = {node.name for node in classes["Estimate"].body if isinstance(node, ast.FunctionDef)}
        self.assertLessEqual(results, members)
        for name in ("Estimate", "Answer", "Explanation", "Sweep"):  # what there is, and nothing else
            told = {node.name for node in classes[name].body if isinstance(node, ast.FunctionDef)}
            told |= {node.target.id for node in classes[name].body if isinstance(node, ast.AnnAssign)}
            real = {member for member in vars(getattr(kwhatif, name)) if not member.startswith("_")}
            self.assertLessEqual(real, told, name)
            if name == "Estimate":
                self.assertLessEqual(told - results - {"_repr_html_"}, real, name)
        told = {node.name for node in tree.body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        self.assertLessEqual(set(kwhatif.__all__) - {"data_version"}, told)
        self.assertTrue(path.with_name("py.typed").exists())

    def test_every_input_is_taken(self):
        for row in _kwhatif.inputs():
            try:
                kwhatif.estimate(**{row["name"]: row["example"]})
            except kwhatif.KwhatifError:
                pass  # one input alone is seldom a run


if __name__ == "__main__":
    unittest.main()
