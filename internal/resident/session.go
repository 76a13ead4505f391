package resident

// A session is a kernel's life: the runs so far, linked one onto the other.

import (
	"path/filepath"
	"runtime"
	"strings"

	"github.com/xetmemo/xetmemo-lint/closure"
	"github.com/xetmemo/xetmemo-lint/deps"
	"github.com/xetmemo/xetmemo-lint/internal/config"
	"github.com/xetmemo/xetmemo-lint/internal/load"
	"github.com/xetmemo/xetmemo-lint/knowledge"
	"github.com/xetmemo/xetmemo-lint/pyast"
)

const (
	// maxHeap is the memory in bytes that all that is known of a session may take. A kernel shares its machine with its data.
	maxHeap = 1 << 30
	// weighEvery is after how many runs the memory is looked at.
	weighEvery = 16
)

type session struct {
	graph   *deps.Graph
	version pyast.Version
	config  *config.Config
	modules *localModules
	broken  *fault // why no further run can be analysed
	// summaries are those of the cells by text: a cell that is run again is not parsed again.
	summaries map[string]*closure.Summary
}

func newSession(q *request) (*session, *fault) {
	if !filepath.IsAbs(q.Folder) {
		return nil, faulty(badRequest, "begin needs the kernel's working folder, an absolute path")
	}
	if !strings.HasPrefix(q.Python, "3.") {
		return nil, faulty(badRequest, "begin needs the kernel's Python version, as 3.11.4; not %q", q.Python)
	}
	var configs config.Finder
	cfg, err := configs.For(q.Folder)
	if err != nil { // it can't be what keeps cells from being memoized: check reports it
		cfg = config.Default
	}
	base := knowledge.Default()
	if with, err := base.With(cfg.Knowledge); err == nil {
		base = with
	}
	s := &session{version: load.Version(q.Python, cfg), config: cfg, summaries: map[string]*closure.Summary{}}
	s.modules = &localModules{version: s.version, library: base.Knows}
	s.modules.look(q.Folder, q.Paths)
	s.graph = deps.Begin(deps.Options{Knowledge: base, Modules: s.modules.finder})
	return s, nil
}

// ran is the result of run.
type ran struct {
	Run int `json:"run"`
}

// run links a cell that is about to run.
func (s *session) run(q *request) (any, *fault) {
	if q.Source == nil {
		return nil, faulty(badRequest, "run needs the cell's source")
	}
	if s.broken == nil && len(s.graph.Cells)%weighEvery == 0 && heap() > maxHeap {
		runtime.GC()
		if n := heap(); n > maxHeap {
			s.broken = faulty(outOfMemory, "what is known of %d runs takes %d MB", len(s.graph.Cells), n>>20)
			s.graph, s.summaries = nil, nil
		}
	}
	if s.broken != nil {
		return nil, s.broken
	}
	sum := s.summaries[*q.Source]
	if sum == nil {
		sum = closure.Summarize(pyast.Parse(*q.Source, pyast.Options{Version: s.version, Notebook: true}))
		s.summaries[*q.Source] = sum
	}
	folder := q.Folder
	if !filepath.IsAbs(folder) {
		folder = s.modules.folder
	}
	paths := append(append(s.config.Folders(), q.Paths...), load.AddedPaths(sum, folder)...)
	if s.modules.look(folder, paths) {
		s.graph.Find(s.modules.finder)
		s.modules.renew(s.graph)
	}
	s.graph.Known(q.Types)
	s.graph.Append(deps.Unit{Summary: sum})
	s.modules.watch()
	return ran{len(s.graph.Cells) - 1}, nil
}

// failed takes back that the last run came to its end.
func (s *session) failed(q *request) (any, *fault) {
	if f := s.isLast(q); f != nil {
		return nil, f
	}
	s.graph.Failed()
	return ran{len(s.graph.Cells) - 1}, nil
}

func (s *session) answer(q *request) (any, *fault) {
	if f := s.isLast(q); f != nil {
		return nil, f
	}
	return s.describe(), nil
}

// isLast says what is wrong with a request about the last run.
func (s *session) isLast(q *request) *fault {
	if s.broken != nil {
		return s.broken
	}
	last := len(s.graph.Cells) - 1
	switch {
	case last < 0:
		return faulty(notTheLast, "there was no run so far")
	case q.Run != nil && *q.Run != last:
		return faulty(notTheLast, "%d is not the last run, which is %d", *q.Run, last)
	}
	return nil
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
