"""Receivers and arguments to try: a type's instances, and a value for a parameter's name."""

import importlib
import inspect
import io
import sys


def lib(name):
    return importlib.import_module(name)


def array(n=6):
    return lib("numpy").arange(1.0, n + 1)


def matrix():
    return lib("numpy").array([[4.0, 1.0, 2.0], [1.0, 5.0, 3.0], [2.0, 3.0, 6.0]])


def frame():
    return lib("pandas").DataFrame(
        {"a": [3, 1, 2, 2], "b": [1.5, None, 0.5, 2.5], "g": ["x", "y", "x", "y"]})


def numbers():
    return lib("pandas").DataFrame({"a": [3.0, 1.0, 2.0, 5.0], "b": [1.5, 2.0, 0.5, 2.5]})


def dated():
    pd = lib("pandas")
    return pd.DataFrame({"a": [3.0, 1.0, 2.0, 5.0]}, index=pd.date_range("2020-01-01", periods=4))


def series():
    return lib("pandas").Series([3.0, 1.0, None, 2.0], index=list("abcd"), name="s")


def strings():
    return lib("pandas").Series(["a b", "b c", "c d"])


def points():
    np = lib("numpy")
    rng = np.random.default_rng(0)
    return np.abs(rng.normal(size=(40, 3)))


def labels():
    return lib("numpy").array([0, 1] * 20)


def targets():
    return points() @ lib("numpy").array([1.0, 2.0, 3.0]) + 0.1 * array(40)


def graph():
    return lib("networkx").karate_club_graph()


def figure():
    fig, ax = lib("matplotlib.pyplot").subplots()
    ax.plot([1, 2, 3], [3, 1, 2], label="line")
    ax.scatter([1, 2, 3], [3, 1, 2])
    lib("matplotlib.pyplot").close(fig)
    return fig


def axes():
    return figure().axes[0]


def estimator(module, name, **parameters):
    def make():
        model = getattr(lib("sklearn." + module), name)(**parameters)
        try:
            return model.fit(points(), labels())
        except TypeError:
            return model.fit(labels())
    return make


def pipeline():
    make = lib("sklearn.pipeline").make_pipeline
    return make(lib("sklearn.preprocessing").StandardScaler(), lib("sklearn.linear_model").LogisticRegression())


def search():
    return lib("sklearn.model_selection").GridSearchCV(
        lib("sklearn.tree").DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2]}, cv=2)


def ols():
    sm = lib("statsmodels.api")
    return sm.OLS(targets(), sm.add_constant(points()))


# Type → functions that make a fresh instance.
RECEIVERS = {
    "builtins.str": [lambda: "a b", lambda: "1"],
    "builtins.bytes": [lambda: b"a b"],
    "builtins.int": [lambda: 12],
    "builtins.float": [lambda: 1.5],
    "builtins.complex": [lambda: 1 + 2j],
    "builtins.bool": [lambda: True],
    "builtins.range": [lambda: range(4)],
    "builtins.slice": [lambda: slice(1, 4)],
    "builtins.list": [lambda: [3, 1, 2, 1], lambda: [[1], [2]]],
    "builtins.tuple": [lambda: (3, [1], 2)],
    "builtins.dict": [lambda: {"a": [1], "b": [2]}],
    "builtins.set": [lambda: {1, 2, 3}],
    "builtins.frozenset": [lambda: frozenset({1, 2})],
    "builtins.bytearray": [lambda: bytearray(b"abc")],
    "builtins.memoryview": [lambda: memoryview(bytearray(b"abc"))],
    "builtins.enumerate": [lambda: enumerate([1, 2])],
    "builtins.zip": [lambda: zip([1, 2], [3, 4])],
    "builtins.map": [lambda: map(str, [1, 2])],
    "builtins.filter": [lambda: filter(None, [1, 2])],
    "builtins.reversed": [lambda: reversed([1, 2])],
    "builtins.list_iterator": [lambda: iter([[1], 2])],
    "builtins.BaseException": [lambda: ValueError("x", [1])],
    "io.StringIO": [lambda: io.StringIO("a\nb\n")],
    "io.BytesIO": [lambda: io.BytesIO(b"a\nb\n")],
    "collections.deque": [lambda: lib("collections").deque([[1], 2, 3])],
    "collections.defaultdict": [lambda: lib("collections").defaultdict(list, a=[1])],
    "collections.OrderedDict": [lambda: lib("collections").OrderedDict(a=[1], b=[2])],
    "collections.Counter": [lambda: lib("collections").Counter("abca")],
    "collections.ChainMap": [lambda: lib("collections").ChainMap({"a": [1]}, {"b": [2]})],
    "itertools.count": [lambda: lib("itertools").count()],
    "itertools.cycle": [lambda: lib("itertools").cycle([1, 2])],
    "functools.partial": [lambda: lib("functools").partial(str, 5)],
    "functools._lru_cache_wrapper": [lambda: lib("functools").lru_cache(lambda x: x)],
    "array.array": [lambda: lib("array").array("d", [1, 2, 3])],
    "random.Random": [lambda: lib("random").Random(0)],
    "pathlib.PurePath": [lambda: lib("pathlib").Path("a/b.txt")],
    "datetime.datetime": [lambda: lib("datetime").datetime(2020, 1, 2, 3)],
    "datetime.date": [lambda: lib("datetime").date(2020, 1, 2)],
    "datetime.time": [lambda: lib("datetime").time(3, 4)],
    "datetime.timedelta": [lambda: lib("datetime").timedelta(days=1)],
    "re.Pattern": [lambda: lib("re").compile("a")],
    "re.Match": [lambda: lib("re").match("(a)", "ab")],
    "decimal.Decimal": [lambda: lib("decimal").Decimal("1.5")],
    "fractions.Fraction": [lambda: lib("fractions").Fraction(1, 3)],
    "statistics.NormalDist": [lambda: lib("statistics").NormalDist(0, 1)],
    "string.Template": [lambda: lib("string").Template("$a")],
    "hashlib._Hash": [lambda: lib("hashlib").md5(b"a")],
    "uuid.UUID": [lambda: lib("uuid").UUID(int=5)],
    "sqlite3.Connection": [lambda: lib("sqlite3").connect(":memory:")],
    "configparser.ConfigParser": [lambda: configparser()],
    "argparse.ArgumentParser": [lambda: lib("argparse").ArgumentParser()],
    "queue.Queue": [lambda: queue()],
    "xml.etree.ElementTree.Element": [lambda: lib("xml.etree.ElementTree").fromstring("<a b='1'><c/></a>")],
    "numpy.ndarray": [matrix, array, lambda: lib("numpy").array([True, False])],
    "numpy.generic": [lambda: lib("numpy").float64(1.5)],
    "numpy.matrix": [lambda: lib("numpy").matrix(matrix())],
    "numpy.recarray": [lambda: lib("numpy").rec.array([(1, 2.0)], dtype=[("p", int), ("q", float)])],
    "numpy.poly1d": [lambda: lib("numpy").poly1d([1, 2, 3])],
    "numpy.dtype": [lambda: lib("numpy").dtype(float)],
    "numpy.ma.MaskedArray": [lambda: lib("numpy").ma.array([1.0, 2.0, 3.0], mask=[False, True, False])],
    "numpy.polynomial.ABCPolyBase": [lambda: lib("numpy").polynomial.Polynomial([1.0, 2.0, 3.0])],
    "numpy.random.Generator": [lambda: lib("numpy").random.default_rng(0)],
    "numpy.random.RandomState": [lambda: lib("numpy").random.RandomState(0)],
    "numpy.random.BitGenerator": [lambda: lib("numpy").random.PCG64(0)],
    "numpy.random.SeedSequence": [lambda: lib("numpy").random.SeedSequence(0)],
    "pandas.DataFrame": [frame, numbers, dated],
    "pandas.Series": [series, strings, lambda: dated()["a"], lambda: lib("pandas").Series([3, 1, 2])],
    "pandas.NDFrame": [frame, numbers, dated, series, strings, lambda: dated()["a"]],
    "pandas.core.indexing.Indexer": [lambda: numbers().iloc, lambda: numbers().loc],
    "pandas.Index": [lambda: lib("pandas").Index(["a", "b", "c"], name="i"), lambda: dated().index,
                     lambda: lib("pandas").MultiIndex.from_product([["a", "b"], [1, 2]], names=["p", "q"])],
    "pandas.Categorical": [lambda: lib("pandas").Categorical(["a", "b", "a"])],
    "pandas.Timestamp": [lambda: lib("pandas").Timestamp("2020-01-02")],
    "pandas.Timedelta": [lambda: lib("pandas").Timedelta("1D")],
    "pandas.Period": [lambda: lib("pandas").Period("2020-01")],
    "pandas.Interval": [lambda: lib("pandas").Interval(0, 1)],
    "pandas.DateOffset": [lambda: lib("pandas").DateOffset(days=1)],
    "pandas.core.strings.StringMethods": [lambda: strings().str],
    "pandas.core.indexes.accessors.DatetimeProperties": [lambda: lib("pandas").Series(dated().index).dt],
    "pandas.core.arrays.categorical.CategoricalAccessor": [lambda: strings().astype("category").cat],
    "pandas.core.groupby.GroupBy": [lambda: frame().groupby("g"), lambda: numbers().groupby("a")],
    "pandas.core.groupby.DataFrameGroupBy": [lambda: frame().groupby("g"), lambda: numbers().groupby("a")],
    "pandas.core.groupby.SeriesGroupBy": [lambda: frame().groupby("g")["a"]],
    "pandas.core.window.BaseWindow": [lambda: numbers().rolling(2), lambda: numbers().expanding(),
                                      lambda: numbers().ewm(span=2)],
    "pandas.core.resample.Resampler": [lambda: dated().resample("2D")],
    "pandas.io.formats.style.Styler": [lambda: numbers().style],
    "matplotlib.axes.Axes": [axes],
    "matplotlib.figure.FigureBase": [figure],
    "matplotlib.artist.Artist": [lambda: axes().lines[0], lambda: axes().title, lambda: axes().collections[0]],
    "matplotlib.axis.Axis": [lambda: axes().xaxis],
    "matplotlib.spines.Spines": [lambda: axes().spines],
    "matplotlib.colors.Normalize": [lambda: lib("matplotlib.colors").Normalize()],
    "matplotlib.colors.Colormap": [lambda: lib("matplotlib").colormaps["viridis"]],
    "matplotlib.gridspec.GridSpec": [lambda: lib("matplotlib.gridspec").GridSpec(2, 2)],
    "sklearn.base.BaseEstimator": [
        estimator("linear_model", "LogisticRegression"), estimator("cluster", "KMeans", n_clusters=2, random_state=0),
        estimator("preprocessing", "StandardScaler"), estimator("tree", "DecisionTreeClassifier", random_state=0),
        estimator("ensemble", "RandomForestClassifier", n_estimators=3, random_state=0),
        estimator("decomposition", "PCA"), estimator("preprocessing", "LabelEncoder"),
        estimator("naive_bayes", "GaussianNB"), estimator("mixture", "GaussianMixture", random_state=0),
        estimator("feature_selection", "SelectKBest", k=2), estimator("linear_model", "SGDClassifier", random_state=0)],
    "sklearn.pipeline.Pipeline": [pipeline, lambda: pipeline().fit(points(), labels())],
    "sklearn.pipeline.FeatureUnion": [lambda: lib("sklearn.pipeline").make_union(
        lib("sklearn.preprocessing").StandardScaler(), lib("sklearn.preprocessing").MinMaxScaler())],
    "sklearn.model_selection.GridSearchCV": [search, lambda: search().fit(points(), labels())],
    "sklearn.model_selection.BaseCrossValidator": [lambda: lib("sklearn.model_selection").KFold(2)],
    "sklearn.preprocessing.FunctionTransformer": [lambda: lib("sklearn.preprocessing").FunctionTransformer()],
    "sklearn.utils.Bunch": [lambda: lib("sklearn.utils").Bunch(data=array())],
    "sklearn.neighbors.KNeighborsClassifier": [estimator("neighbors", "KNeighborsClassifier")],
    "sklearn.neighbors.KDTree": [lambda: lib("sklearn.neighbors").KDTree(points())],
    "sklearn.gaussian_process.kernels.Kernel": [lambda: lib("sklearn.gaussian_process.kernels").RBF()],
    "scipy.stats.rv_generic": [lambda: lib("scipy.stats").norm, lambda: lib("scipy.stats").poisson,
                               lambda: lib("scipy.stats").norm(0, 1)],
    "scipy.stats.gaussian_kde": [lambda: lib("scipy.stats").gaussian_kde(array())],
    "scipy.sparse.spmatrix": [lambda: lib("scipy.sparse").csr_matrix(matrix()),
                              lambda: lib("scipy.sparse").lil_matrix(matrix()),
                              lambda: lib("scipy.sparse").coo_matrix(matrix())],
    "scipy.spatial.KDTree": [lambda: lib("scipy.spatial").KDTree(points())],
    "scipy.spatial.ConvexHull": [lambda: lib("scipy.spatial").ConvexHull(points())],
    "scipy.interpolate.CubicSpline": [lambda: lib("scipy.interpolate").CubicSpline(array(), array())],
    "scipy.optimize.OptimizeResult": [lambda: lib("scipy.optimize").OptimizeResult(x=array())],
    "statsmodels.base.model.Model": [ols],
    "statsmodels.base.model.Results": [lambda: ols().fit()],
    "statsmodels.iolib.summary.Summary": [lambda: ols().fit().summary()],
    "networkx.Graph": [graph, lambda: lib("networkx").DiGraph([(0, 1), (1, 2)])],
    "seaborn.Grid": [lambda: lib("seaborn").FacetGrid(frame(), col="g")],
    "polars.DataFrame": [lambda: lib("polars").DataFrame({"a": [3, 1, 2], "b": [1.0, 2.0, 3.0]})],
    "polars.Series": [lambda: lib("polars").Series("a", [3, 1, 2]), lambda: lib("polars").Series("a", ["x", "y"])],
    "polars.LazyFrame": [lambda: lib("polars").LazyFrame({"a": [3, 1, 2]})],
    "polars.Expr": [lambda: lib("polars").col("a")],
    "polars.dataframe.group_by.GroupBy": [lambda: lib("polars").DataFrame({"a": [1, 1], "b": [1, 2]}).group_by("a")],
    "xgboost.DMatrix": [lambda: lib("xgboost").DMatrix(points(), labels())],
    "xgboost.Booster": [lambda: lib("xgboost").train({}, lib("xgboost").DMatrix(points(), labels()), 2)],
    "xgboost.XGBModel": [lambda: lib("xgboost").XGBClassifier(n_estimators=2).fit(points(), labels())],
    "lightgbm.Dataset": [lambda: lib("lightgbm").Dataset(points(), labels())],
    "lightgbm.LGBMModel": [lambda: lib("lightgbm").LGBMClassifier(n_estimators=2, verbose=-1).fit(points(), labels())],
    "xarray.common.Data": [lambda: lib("xarray").DataArray(matrix(), dims=("p", "q")),
                           lambda: lib("xarray").Dataset({"v": (("p",), array())})],
    "xarray.common.Grouped": [lambda: lib("xarray").DataArray(array(), dims="p").rolling(p=2)],
    "sympy.Basic": [lambda: lib("sympy").Symbol("x") ** 2 + 1],
    "sympy.Matrix": [lambda: lib("sympy").Matrix([[1, 2], [3, 5]])],
    "PIL.Image.Image": [lambda: lib("PIL.Image").new("RGB", (4, 4))],
    "plotly.basedatatypes.BaseFigure": [lambda: lib("plotly.graph_objects").Figure(
        lib("plotly.graph_objects").Scatter(y=[1, 2]))],
    "plotly.basedatatypes.BasePlotlyType": [lambda: lib("plotly.graph_objects").Scatter(y=[1, 2])],
    "ipywidgets.Widget": [lambda: lib("ipywidgets").IntSlider()],
    "bs4.Tag": [lambda: lib("bs4").BeautifulSoup("<p a='1'>x<b>y</b></p>", "html.parser")],
    "requests.Session": [lambda: lib("requests").Session()],
    "openai.Client": [lambda: lib("openai").OpenAI(api_key="k")],
    "anthropic.Client": [lambda: lib("anthropic").Anthropic(api_key="k")],
    "sqlalchemy.engine.Engine": [lambda: lib("sqlalchemy").create_engine("sqlite://")],
    "sqlalchemy.engine.Connection": [lambda: lib("sqlalchemy").create_engine("sqlite://").connect()],
    "joblib.Parallel": [lambda: lib("joblib").Parallel()],
    "tqdm.tqdm": [lambda: lib("tqdm").tqdm([1, 2], file=io.StringIO())],
}


def configparser():
    parser = lib("configparser").ConfigParser()
    parser.read_string("[a]\nb = 1")
    return parser


def queue():
    q = lib("queue").Queue()
    q.put([1])
    return q


def double(x, *_, **__):
    return x


# Name of a parameter → functions that make a value for it; the first that fits is taken.
ARGUMENTS = {
    "func function f fun callback key mapper method_func aggfunc predicate": [lambda: double],
    "x": [array, matrix, lambda: 1.5, lambda: [3, 1, 2]],
    "X data points XA XB": [points, array, frame],
    "y y_true labels_true": [labels, array, targets],
    "y_pred labels_pred y_score y_prob labels": [labels],
    "a arr array m A ar p v input im matrix": [array, matrix, lambda: [3.0, 1.0, 2.0]],
    "b B c": [array, matrix],
    "x1 x2 a1 a2 ar1 ar2 arr1 arr2 s1 s2 u": [array],
    "arrays tup seq objs": [lambda: [array(), array()], lambda: [[1], [2]]],
    "iterable it iterator sequence": [lambda: [3, 1, 2], lambda: [[1], [2]]],
    "n k num periods window size repeats N reps rows count order lag": [lambda: 2],
    "axis axes axis1 loc i index position pos level": [lambda: 0],
    "axis2 j": [lambda: 1],
    "shape newshape output_shape": [lambda: (3, 2), lambda: 6, lambda: (2, 2)],
    "dtype": [lambda: float],
    "value val fill_value to_replace item obj object element": [lambda: 1, lambda: [1], lambda: "a"],
    "values vals": [lambda: [1, 2], array],
    "condition cond mask": [lambda: array() > 2],
    "name label column col subset on by field attr keys columns": [lambda: "a", lambda: 0],
    "labels_or_axis": [lambda: "a"],
    "old pattern pat sub prefix suffix s string text sep": [lambda: "a"],
    "new repl": [lambda: "z"],
    "other right left": [numbers, series, array, lambda: {1, 5}, lambda: [1, 2]],
    "G": [graph], "source nodes node u_of_edge u_node": [lambda: 0], "target v_of_edge v_node": [lambda: 2],
    "edges ebunch ebunch_to_add": [lambda: [(0, 1)]], "nbunch": [lambda: [0, 1]],
    "nodes_for_adding": [lambda: [7, 8]], "node_for_adding": [lambda: 7],
    "estimator clf": [estimator("linear_model", "LogisticRegression")],
    "rule freq": [lambda: "2D"], "q quantile": [lambda: 0.5], "seed random_state": [lambda: 0],
    "alpha prob sigma scale low df": [lambda: 0.5], "high": [lambda: 5],
    "endog": [targets], "exog": [points], "formula": [lambda: "a ~ b"],
    "start left_on right_on": [lambda: 0], "stop end": [lambda: 3],
    "d mapping": [lambda: {"a": 1}], "heap": [lambda: [1, 2, 3]], "population": [lambda: [1, 2, 3]],
    "path fname file filename buf path_or_buf fp": [lambda: "written.out"],
    "width": [lambda: 5], "height": [lambda: 5], "ax": [axes], "expr": [lambda: "a > 1"],
}
BY_NAME = {name: makers for names, makers in ARGUMENTS.items() for name in names.split()}

# Name of a method → argument lists, whatever the type.
MEMBERS = {
    "agg aggregate": [lambda: ("sum",), lambda: (double,)],
    "apply transform map filter pipe applymap": [lambda: (double,), lambda: (len,), lambda: ({"a": "b"},)],
}
BY_MEMBER = {name: makers for names, makers in MEMBERS.items() for name in names.split()}

# Path of an entry → argument lists, where names don't lead there.
SPECIAL = {
    "builtins.setattr": [lambda: (lib("types").SimpleNamespace(), "a", [1])],
    "builtins.delattr": [lambda: (lib("types").SimpleNamespace(a=1), "a")],
    "builtins.getattr": [lambda: (lib("types").SimpleNamespace(a=[1]), "a")],
    "builtins.next": [lambda: (iter([[1], 2]),)],
    "builtins.map": [lambda: (double, [[1], [2]])],
    "builtins.filter": [lambda: (double, [[1], [2]])],
    "builtins.zip": [lambda: ([[1]], [[2]])],
    "builtins.sorted": [lambda: ([[2], [1]],)],
    "builtins.max": [lambda: ([[2], [1]],), lambda: ([1], [2])],
    "builtins.min": [lambda: ([[2], [1]],)],
    "builtins.list.extend": [lambda: ([[1]],), lambda: (iter([1]),)],
    "builtins.list.append": [lambda: ([1],)],
    "builtins.list.insert": [lambda: (0, [1])],
    "builtins.list.__setitem__": [lambda: (0, [1])],
    "builtins.dict.update": [lambda: ({"c": [1]},)],
    "builtins.dict.setdefault": [lambda: ("z", [1])],
    "builtins.dict.__setitem__": [lambda: ("z", [1])],
    "builtins.dict.fromkeys": [lambda: (["a"], [1])],
    "numpy.ndarray.__setitem__": [lambda: (0, 7.0)],
    "numpy.ndarray.put": [lambda: (0, 7.0)],
    "numpy.ndarray.itemset": [lambda: (0, 7.0)],
    "numpy.ndarray.fill": [lambda: (7.0,)],
    "numpy.ndarray.resize": [lambda: (2,)],
    "numpy.ndarray.sort": [lambda: (0,)],
    "numpy.fill_diagonal": [lambda: (matrix(), 0)],
    "numpy.copyto": [lambda: (array(), array() * 2)],
    "numpy.put": [lambda: (array(), 0, 7.0)],
    "numpy.place": [lambda: (array(), array() > 2, [7.0])],
    "numpy.putmask": [lambda: (array(), array() > 2, [7.0])],
    "numpy.put_along_axis": [lambda: (array(), lib("numpy").array([0]), 7.0, 0)],
    "numpy.einsum": [lambda: ("ij->ji", matrix())],
    "numpy.add.at": [lambda: (array(), [0], 1.0)],
    "pandas.NDFrame.drop": [lambda: (0,), lambda: ("a",)],
    "pandas.NDFrame.sort_values": [lambda: ("a",), lambda: ()],
    "pandas.NDFrame.update": [lambda: (numbers() * 2,), lambda: (series() * 2,)],
    "pandas.NDFrame.__setitem__": [lambda: ("a", 7)],
    "pandas.NDFrame.fillna": [lambda: (0,)],
    "pandas.NDFrame.replace": [lambda: (1.5, 9)],
    "pandas.NDFrame.rename": [lambda: ({"a": "z"},), lambda: (str,)],
    "pandas.NDFrame.set_axis": [lambda: (list("pqrs"),)],
    "pandas.NDFrame.rename_axis": [lambda: ("p",)],
    "pandas.NDFrame.filter": [lambda: (["a"],)],
    "pandas.NDFrame.where": [lambda: (False, 0)],
    "pandas.NDFrame.mask": [lambda: (True, 0)],
    "pandas.NDFrame.clip": [lambda: (1.0, 2.0)],
    "pandas.DataFrame.insert": [lambda: (0, "z", 7)],
    "pandas.DataFrame.isetitem": [lambda: (0, 7)],
    "pandas.DataFrame.pop": [lambda: ("a",)],
    "pandas.DataFrame.set_index": [lambda: ("a",)],
    "pandas.DataFrame.query": [lambda: ("a > 1",)],
    "pandas.DataFrame.eval": [lambda: ("z = a + b",), lambda: ("a + b",)],
    "pandas.DataFrame.melt": [lambda: ()],
    "pandas.DataFrame.merge": [lambda: (numbers(), "left", "a")],
    "pandas.concat": [lambda: ([numbers(), numbers()],)],
    "pandas.merge": [lambda: (numbers(), numbers(), "left", "a")],
    "pandas.core.indexing.Indexer.__setitem__": [lambda: (0, 7.0)],
    "pandas.core.indexing.Indexer.__getitem__": [lambda: (0,), lambda: (slice(0, 2),)],
    "sklearn.model_selection.train_test_split": [lambda: (points(), labels()), lambda: (frame(),)],
    "networkx.Graph.add_edge": [lambda: (100, 101)],
    "networkx.set_node_attributes": [lambda: (graph(), 5, "w")],
    "networkx.set_edge_attributes": [lambda: (graph(), 5, "w")],
    "networkx.relabel_nodes": [lambda: (graph(), {0: "a"})],
    "random.shuffle": [lambda: ([1, 2, 3, 4, 5],)],
    "random.Random.shuffle": [lambda: ([1, 2, 3, 4, 5],)],
    "heapq.heappush": [lambda: ([1, 2], [0] and 0)],
    "collections.namedtuple": [lambda: ("P", "x y")],
    "re.sub": [lambda: ("a", "b", "abc")],
}

PLAIN = [
    lambda: (), lambda: ("a",), lambda: (0,), lambda: (1,), lambda: ([1, 2],), lambda: (double,), lambda: (1, 2),
    lambda: ("a", 1), lambda: ("a", "b"), lambda: ({"a": 1},), lambda: ({1, 9},), lambda: (2.5,), lambda: (2, 3),
    lambda: (0, 1, 2), lambda: (True,), lambda: (b"a",), lambda: ([[1], [2]],), lambda: (double, [3, 1, 2]),
    lambda: ([3.0, 1.0, 2.0], [1.0, 2.0, 3.0]), lambda: (str,), lambda: (["a"],), lambda: ("written.out",),
]
NUMERIC = [
    lambda: (), lambda: (array(),), lambda: (points(),), lambda: (points(), labels()), lambda: (labels(),),
    lambda: (array(), array()), lambda: (matrix(),), lambda: (frame(),), lambda: (numbers(),), lambda: (series(),),
    lambda: (array(), 2), lambda: (matrix(), matrix()), lambda: (1,), lambda: (2, 3), lambda: ("a",),
    lambda: ([array(), array()],), lambda: (double, array()), lambda: (double,), lambda: ("written.out",),
]
TABLES = [
    lambda: (), lambda: (0,), lambda: ("a",), lambda: (double,), lambda: (numbers(),), lambda: (series(),),
    lambda: (["a"],), lambda: (2,), lambda: ({"a": 1},), lambda: ("a", "b"), lambda: (0, 1), lambda: (array(),),
    lambda: (strings(),), lambda: ("1D",), lambda: ([0, 1],), lambda: (str,), lambda: ([1, 2, 3, 4],),
    lambda: ("written.out",), lambda: (2.5,), lambda: (True,), lambda: (frame(),),
]
GRAPHS = [lambda: (graph(),), lambda: (graph(), 0), lambda: (graph(), 0, 2), lambda: (5,), lambda: (5, 2), lambda: ()]
POOLS = {
    **dict.fromkeys("numpy scipy sklearn statsmodels xgboost lightgbm numba patsy joblib".split(), NUMERIC),
    **dict.fromkeys("pandas polars xarray seaborn".split(), TABLES),
    "networkx": GRAPHS,
    "matplotlib": [lambda: (), lambda: ([1, 2, 3],), lambda: ([1, 2, 3], [3, 1, 2]), lambda: (matrix(),), lambda: ("a",),
                   lambda: (1,), lambda: (0, 1), lambda: (True,), lambda: (0.5, 0.5, "a"), lambda: (array(), 1, 2),
                   lambda: ("a", (1, 2)), lambda: ("written.out",), lambda: (2, 2, 1), lambda: (axes().lines[0],)],
}


def arguments(function, path, immutable=False):
    """Functions that make positional arguments to try, the likeliest first."""
    if path in SPECIAL:
        return SPECIAL[path]
    library, member = path.split(".")[0], path.split(".")[-1]
    if member in BY_MEMBER and library == "pandas":
        return BY_MEMBER[member]
    if library in sys.stdlib_module_names or library == "builtins" or immutable:
        return PLAIN
    return by_name(function) + POOLS.get(library, PLAIN)


def by_name(function):
    try:
        required = [p for p in inspect.signature(function).parameters.values()
                    if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        return []
    if not required or not all(p.name in BY_NAME for p in required):
        return []
    width = max(len(BY_NAME[p.name]) for p in required)
    return [lambda i=i: tuple(BY_NAME[p.name][min(i, len(BY_NAME[p.name]) - 1)]() for p in required)
            for i in range(width)]
