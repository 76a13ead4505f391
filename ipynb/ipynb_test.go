package ipynb

import (
	"fmt"
	"math"
	"strings"
	"testing"
)

// parseCases are notebooks and what is read from them: the version, and for each
// cell its kind, id, execution count, tags and source.
var parseCases = []struct{ name, src, want string }{
	{"nbformat 4", `{"cells":[
			{"cell_type":"markdown","id":"a","source":"# T"},
			{"cell_type":"code","id":"b","execution_count":3,"metadata":{"tags":["x","y\u0061"]},"source":["a\n","b"]},
			{"cell_type":"raw","source":[]},
			{"cell_type":"new","source":"z"},
			{"cell_type":"new"}],"metadata":{},"nbformat":4,"nbformat_minor":5}`,
		`4.5 markdown(a) "# T"; code(b) [3] #x #ya "a\nb"; raw ""; other "z"; other ""`},
	{"keys in another order", `{"nbformat":4,"cells":[{"source":["a"],"metadata":{},"execution_count":null,"cell_type":"code"}]}`,
		`4.0 code "a"`},
	{"nbformat 3", `{"nbformat":3,"worksheets":[{"cells":[
			{"cell_type":"heading","level":1,"source":"T"},
			{"cell_type":"code","input":["a"],"prompt_number":2,"outputs":[],"language":"python"}]},
			{"cells":[{"cell_type":"code","input":"b","prompt_number":"*"}]}]}`,
		`3.0 heading "T"; code [2] "a"; code "b"`},
	{"nbformat 2", `{"nbformat":2,"worksheets":[{"cells":[{"cell_type":"html","source":"<p>"},{"cell_type":"code","input":"a"}]}]}`,
		`2.0 other "<p>"; code "a"`},
	{"code is not in source before 4", `{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"code","source":"b"}]}]}`,
		`3.0 code ""`},
	{"equal keys, the last wins", `{"nbformat":3,"nbformat":4,"cells":[1],"cells":[
			{"cell_type":"raw","source":"a","source":["b"],"cell_type":"code","id":"a","id":"b","metadata":{"tags":["t"]},"metadata":{}}]}`,
		`4.0 code(b) "b"`},
	{"equal keys in worksheets", `{"nbformat":3,"worksheets":[{"cells":[{"input":"a"}],"cells":[{"cell_type":"code","input":"b"}]}]}`,
		`3.0 code "b"`},
	{"escaped keys and values", `{"nbformat":4,"c\u0065lls":[{"cell_typ\u0065":"c\u006fde","sourc\u0065":"a"}]}`,
		`4.0 code "a"`},
	{"both cells and worksheets", `{"nbformat":4,"cells":[{"source":"a"}],"worksheets":[{"cells":[{"source":"b"}]}]}`,
		`4.0 other "a"`},
	{"fields of other types", `{"nbformat":4,"metadata":[1],"cells":[
			{"cell_type":1,"id":2,"metadata":3,"execution_count":"4","outputs":5,"source":"a"},
			{"cell_type":"code","metadata":{"tags":"x","execution":1,"papermill":[],"vscode":"q"},"execution_count":1.5,"source":"b"},
			{"cell_type":"code","metadata":{"tags":["x",1,["y"]]},"source":"c"}]}`,
		`4.0 other "a"; code "b"; code #x "c"`},
	{"constants of Python", `{"nbformat":4,"cells":[{"cell_type":"code","outputs":[NaN,-Infinity],"source":"a"}]}`,
		`4.0 code "a"`},
	{"surrogates", `{"nbformat":4,"cells":[{"source":["\ud83d\ude00 \ud83d\n","\ude00"]}]}`,
		`4.0 other "😀 �` + `\n�"`},
}

func TestParseCells(t *testing.T) {
	for _, c := range parseCases {
		t.Run(c.name, func(t *testing.T) {
			nb := parse(t, c.src)
			var cells []string
			for _, cell := range nb.Cells {
				s := cell.Kind.String()
				if cell.HasID {
					s += "(" + cell.ID + ")"
				}
				if cell.ExecutionCount >= 0 {
					s += fmt.Sprintf(" [%d]", cell.ExecutionCount)
				}
				for _, tag := range cell.Tags {
					s += " #" + tag
				}
				cells = append(cells, s+fmt.Sprintf(" %q", cell.Source))
			}
			if got := fmt.Sprintf("%d.%d %s", nb.Format, nb.Minor, strings.Join(cells, "; ")); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	for _, c := range [...]struct{ metadata, cells, want string }{
		{`{}`, ``, "python"},
		{`null`, ``, "python"},
		{`{"language_info":{"name":"python","version":"3.11.2"}}`, ``, "python 3.11.2"},
		{`{"language_info":{"name":"IPython"}}`, ``, "python"},
		{`{"language_info":{"name":"R"},"kernelspec":{"language":"python"}}`, ``, "r"},
		{`{"kernelspec":{"language":"Julia","name":"python3"}}`, ``, "julia"},
		{`{"kernelspec":{"name":"python3"}}`, ``, "python"},
		{`{"kernelspec":{"name":"ir"}}`, ``, "r"},
		{`{"kernelspec":{"name":"irkernel-of-mine"}}`, ``, "python"},
		{`{"kernelspec":{"name":"julia-1.9"}}`, ``, "julia"},
		{`{"kernelspec":{"name":".net-csharp"}}`, ``, "c#"},
		{`{"kernelspec":{"name":"my-env"}}`, ``, "python"},
		{`{}`, `{"cell_type":"code","metadata":{"vscode":{"languageId":"sql"}}}`, "python [sql]"},
		{`{}`, `{"cell_type":"code","metadata":{"vscode":{"languageId":"python"}}}`, "python []"},
		{`{}`, `{"cell_type":"raw","metadata":{"vscode":{"languageId":"sql"}}}`, "python []"},
		{`{"kernelspec":{"name":".net-csharp"}}`, `{"cell_type":"code","metadata":{"dotnet_interactive":{"language":"csharp"}}}`, "c# []"},
		{`{"kernelspec":{"name":".net-csharp"}}`, `{"cell_type":"code","metadata":{"polyglot_notebook":{"kernelName":"pwsh"}}}`, "c# [powershell]"},
		{`{"kernelspec":{"language":"sos"}}`, `{"cell_type":"code","metadata":{"kernel":"R"}}`, "sos [r]"},
		{`{}`, `{"cell_type":"code","language":"r"}`, "python []"},
	} {
		nb := parse(t, `{"nbformat":4,"cells":[`+c.cells+`],"metadata":`+c.metadata+`}`)
		if got := languages(nb); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.metadata, c.cells, got, c.want)
		}
	}
	// nbformat 3 names the language in each code cell.
	nb := parse(t, `{"nbformat":3,"worksheets":[{"cells":[{"cell_type":"code","language":"ruby"},{"cell_type":"code","language":"R"}]}]}`)
	if got := languages(nb); got != "ruby [] [r]" {
		t.Errorf("nbformat 3: %s", got)
	}
}

func languages(nb *Notebook) string {
	s := strings.TrimSpace(nb.Language + " " + nb.LanguageVersion)
	for _, c := range nb.Cells {
		s += " [" + c.Language + "]"
	}
	return s
}

func TestDuration(t *testing.T) {
	for _, c := range [...]struct {
		metadata string
		want     float64
	}{
		{`{}`, math.NaN()},
		{`{"execution":{}}`, math.NaN()},
		{`{"execution":{"iopub.execute_input":"2021-04-16T19:40:57.5Z","shell.execute_reply":"2021-04-16T19:41:00Z"}}`, 2.5},
		{`{"execution":{"iopub.execute_input":"2021-04-16T21:40:57.5+02:00","shell.execute_reply":"2021-04-16T19:41:00Z"}}`, 2.5},
		{`{"execution":{"shell.execute_reply.started":"2021-04-16T19:40:57Z","shell.execute_reply":"2021-04-16T19:41:00Z"}}`, 3},
		{`{"execution":{"iopub.execute_input":"soon","shell.execute_reply":"2021-04-16T19:41:00Z"}}`, math.NaN()},
		{`{"execution":{"iopub.execute_input":"2021-04-16T19:41:01Z","shell.execute_reply":"2021-04-16T19:41:00Z"}}`, math.NaN()},
		{`{"papermill":{"duration":30.670318}}`, 30.670318},
		{`{"papermill":{"duration":null}}`, math.NaN()},
		{`{"papermill":{"duration":NaN}}`, math.NaN()},
		{`{"ExecuteTime":{"start_time":"2017-06-21T01:40:21.391926","end_time":"2017-06-21T01:40:22.391926"}}`, 1},
		{`{"ExecuteTime":{"start_time":"2017-06-21 01:40:21","end_time":"2017-06-21 01:40:22"}}`, 1},
		{`{"executionInfo":{"status":"ok","elapsed":1250,"timestamp":1600000000000}}`, 1.25},
		{`{"papermill":{"duration":3},"execution":{"iopub.execute_input":"2021-04-16T19:40:57Z","shell.execute_reply":"2021-04-16T19:41:01Z"}}`, 4},
	} {
		nb := parse(t, `{"nbformat":4,"cells":[{"cell_type":"code","source":"","metadata":`+c.metadata+`}]}`)
		if got := nb.Cells[0].Duration; got != c.want && !(math.IsNaN(got) && math.IsNaN(c.want)) {
			t.Errorf("%s: %v s, want %v", c.metadata, got, c.want)
		}
	}
}

func TestSpans(t *testing.T) {
	nb := parse(t, `{"nbformat":4,"metadata":{"xetmemo": {"a":[1]}},"cells":[{"outputs":[ 1],"source":"a"},{"source":"b"}]}`)
	if got, want := string(nb.Metadata()), `{"xetmemo": {"a":[1]}}`; got != want {
		t.Errorf("metadata %s, want %s", got, want)
	}
	if s := nb.Cells[0].OutputSpan; string(nb.Src[s.Start:s.End]) != "[ 1]" {
		t.Errorf("outputs of cell 0 at %v", s)
	}
	if s := nb.Cells[1].OutputSpan; s.Len() != 0 {
		t.Errorf("outputs of cell 1 at %v", s)
	}
	if m := parse(t, `{"nbformat":4,"metadata":1,"cells":[]}`).Metadata(); m != nil {
		t.Errorf("metadata that is no object: %s", m)
	}
}
