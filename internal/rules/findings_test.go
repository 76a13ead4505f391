package rules

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFindings holds what one rule finds in notebooks in which it is easily wrong. A finding is written as
// "CELL:LINE what its message holds".
func TestFindings(t *testing.T) {
	for _, test := range []struct {
		name, code, notebook string
		want                 []string
	}{
		// The network is asked where an address is given, whatever the file name looks like.
		{"local files", "XM304", `
# %%
import pandas as pd, geopandas as gpd, xarray as xr, rasterio
from astropy.io import fits
path = "shapes.gpkg"
# %%
%%xetmemo input=path output=a,b,c,d,e,g
a = gpd.read_file("shapes.gpkg")
b = xr.open_dataset("era5.nc")
c = gpd.read_file(path)
d = pd.read_html("page.html")
e = pd.read_csv("table.csv")
g = fits.open("image.fits")
# %%
print(a, b, c, d, e, g)
`, nil},
		{"addresses", "XM304", `
# %%
import pandas as pd, geopandas as gpd, xarray as xr
import pandas
from pandas import read_json
BASE = "https://example.org/"
url = BASE + "t.csv"
# %%
%%xetmemo input=BASE,url output=a,b,c,d,e,g,h,i
a = pd.read_csv("https://example.org/t.csv")
b = gpd.read_file("https://example.org/shapes.zip")
c = xr.open_dataset("http://example.org/dodsC/era5.nc")
d = pd.read_csv(
    "s3://bucket/t.csv")
e = pandas.read_parquet("gs://bucket/t.parquet")
g = pd.read_csv(url)
h = read_json(f"{BASE}x.json")
i = pd.read_csv(filepath_or_buffer="ftp://example.org/t.csv")
# %%
print(a, b, c, d, e, g, h, i)
`, []string{"1:2 read_csv", "1:3 read_file", "1:4 open_dataset", "1:7 read_parquet", "1:9 read_json"}},
		{"address in a name", "XM304", `
# %%
import pandas as pd
url = "https://example.org/t.csv"
def load(where="https://example.org/u.csv"): return pd.read_csv(where)
# %%
%%xetmemo input=url output=a
a = pd.read_csv(url)
# %%
%%xetmemo input=load output=b
b = load()
# %%
%%xetmemo output=c
c = pd.concat(pd.read_csv(f"https://example.org/{y}.csv") for y in range(3))
# %%
print(a, b, c)
`, []string{"1:2 read_csv", "2:2 read_csv", "3:2 read_csv"}},
		{"comment with an address", "XM304", `
# %%
import pandas as pd
# %%
%%xetmemo output=a
a = pd.read_csv("t.csv")  # from https://example.org
# %%
print(a)
`, nil},
		{"file names put together", "XM304", `
# %%
import pandas as pd, os, glob
# %%
%%xetmemo output=a,b
a = pd.read_csv(os.path.join("data", "t.csv"))
b = [pd.read_csv(p) for p in glob.glob("*.csv")]
# %%
print(a, b)
`, nil},

		// Of torch's layers, those with weights draw them.
		{"layers without weights", "XM303", `
# %%
import torch, torch.nn as nn
from torch.nn import Dropout, Softmax
# %%
%%xetmemo output=a,b,c,d,e,g,h,i,j
a = nn.BatchNorm2d(3)
b = nn.LayerNorm(3)
c = Dropout(0.5)
d = Softmax(dim=1)
e = nn.Flatten()
g = nn.CrossEntropyLoss()
h = nn.Sequential(nn.ReLU(), nn.AvgPool2d(2))
i = nn.Upsample(scale_factor=2)
j = nn.Identity()
# %%
print(a, b, c, d, e, g, h, i, j)
`, nil},
		{"layers with weights", "XM303", `
# %%
import torch.nn as nn
# %%
%%xetmemo output=a,b,c,d,e
a = nn.Linear(2, 2)
b = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU())
c = nn.LSTM(2, 2)
d = nn.Embedding(3, 4)
e = nn.MultiheadAttention(4, 2)
# %%
print(a, b, c, d, e)
`, []string{"1:2 Linear", "1:3 Conv2d", "1:4 LSTM", "1:5 Embedding", "1:6 MultiheadAttention"}},
		{"keras layers", "XM303", `
# %%
from tensorflow.keras import layers
# %%
%%xetmemo output=a,b
a = layers.Flatten()
b = layers.ReLU()
# %%
print(a, b)
`, nil},

		// The environment is read by subscripts, methods, tests, unpacking and whole.
		{"forms of reading the environment", "XM302", `
# %%
import os
from os import environ
import os as operating_system
# %%
%%xetmemo output=a
a = os.environ["HOME"]
# %%
%%xetmemo output=b
b = "CI" in os.environ
# %%
%%xetmemo output=c
c = {**environ}
# %%
%%xetmemo output=d
d = dict(os.environ)
# %%
%%xetmemo output=e
e = [k for k in operating_system.environ]
# %%
%%xetmemo output=g
g = os.environ.get("HOME", "")
# %%
%%xetmemo output=h
h = os.environ | {"A": "1"}
# %%
%%xetmemo output=i
i = len(environ)
# %%
%%xetmemo output=j
j = os.environb[b"HOME"]
# %%
%%xetmemo output=k
k = os.getenv("HOME")
# %%
print(a, b, c, d, e, g, h, i, j, k)
`, []string{"1:2 ", "2:2 ", "3:2 ", "4:2 ", "5:2 ", "6:2 ", "7:2 ", "8:2 ", "9:2 ", "10:2 "}},
		{"the environment is reported once", "XM302", `
# %%
import os
# %%
%%xetmemo output=a,b
a = os.environ["HOME"] + os.environ.get("USER", "")
b = [os.environ[k] for k in os.environ if k in os.environ]
# %%
print(a, b)
`, []string{"1:2 os.environ"}},
		{"the environment handed on", "XM302", `
# %%
import os, subprocess
def tool(env): return env["HOME"]
# %%
%%xetmemo input=tool output=a
a = tool(os.environ)
# %%
print(a)
`, []string{"1:2 os.environ"}},

		// A listed output that is deleted.
		{"deleted by its own cell", "XM104", `
# %%
%%xetmemo output=a,b
a = 1
b = a + 1
del a
# %%
print(b)
`, []string{"0:1 a is deleted on line 4"}},
		{"deleted before it is bound anew", "XM104", `
# %%
%%xetmemo output=a
a = 1
del a
a = 2
# %%
print(a)
`, nil},
		{"deleted from an earlier cell", "XM104", `
# %%
a = 1
# %%
%%xetmemo output=a,b
b = 2

del a
# %%
print(b)
`, []string{"1:1 a is deleted on line 4"}},
		{"deleted with others", "XM104", `
# %%
%%xetmemo output=x,y,z
x, y, z = 1, 2, 3
del (x,
     y)
# %%
print(z)
`, []string{"0:1 x is deleted on line 3", "0:1 y is deleted on line 4"}},
		{"deleted by except", "XM104", `
# %%
%%xetmemo output=e,r
try:
    r = 1 / 0
except ZeroDivisionError as e:
    r = 0
# %%
print(r)
`, []string{"0:1 e is deleted"}},
		{"never bound", "XM104", `
# %%
%%xetmemo output=b,q
b = 2
# %%
print(b)
`, []string{"0:1 q is bound nowhere"}},

		// A cell that ran again.
		{"run again, many names", "XM403", `
# %% [9]
x = 1
y = 2
z = 3
# %% [2]
print(x)
# %% [3]
print(y, z)
# %% [4]
print(x, y)
`, []string{"1:1 "}},
		{"two cells run again", "XM403", `
# %% [8]
x = 1
# %% [9]
y = 1
# %% [3]
print(x)
# %% [4]
print(y)
# %% [5]
print(x, y)
`, []string{"2:1 x", "3:1 y"}},
		{"run in order", "XM403", `
# %% [1]
x = 1
# %% [5]
print(x)
`, nil},
		{"a function's cell run again", "XM403", `
# %% [7]
def f(): return 1
def g(): return 2
# %% [2]
a = f()
# %% [3]
b = g()
`, []string{"1:1 f"}},
		{"run again, later than what is between", "XM403", `
# %% [1]
x = 1
# %% [6]
x = 2
# %% [3]
print(x)
# %% [4]
print(x + 1)
`, []string{"2:1 x"}},

		// Magics that only say how figures are shown.
		{"inline figures", "XM308", `
# %%
%%xetmemo output=a
%matplotlib inline
a = 1
# %%
%%xetmemo output=b
%matplotlib --list
b = 1
# %%
%%xetmemo output=c
%config InlineBackend.figure_format = 'retina'
c = 1
# %%
%%xetmemo output=d
%matplotlib
d = 1
# %%
%%xetmemo output=e
%matplotlib widget
e = 1
# %%
%%xetmemo output=g
%autoreload 2
g = 1
# %%
%%xetmemo output=h
%cd data
h = 1
# %%
print(a, b, c, d, e, g, h)
`, []string{"2:2 ", "3:2 ", "4:2 ", "5:2 ", "6:2 "}},
	} {
		t.Run(strings.ReplaceAll(test.name, " ", "_"), func(t *testing.T) {
			_, findings := checkIn(t, strings.TrimPrefix(test.notebook, "\n"), configFor(Lookup(test.code)), Options{Selection: Selection{Select: []string{test.code}}})
			var got []string
			for i, f := range findings {
				text := fmt.Sprintf("%d:%d ", f.Cell.Index, f.Line)
				if i < len(test.want) && strings.HasPrefix(test.want[i], text) && strings.Contains(f.Message, test.want[i][len(text):]) {
					text = test.want[i]
				} else {
					text += f.Message
				}
				got = append(got, text)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.code, diff)
			}
		})
	}
}
