package interp

import "github.com/xetmemo/xetmemo-lint/closure"

// What asyncio hands on of coroutines. The body of a coroutine is taken to run where it is called
// (returned, in call.go); what it returns lies in the coroutine, and in the tasks and futures
// that are made of it, until it is awaited.

const taskType = "asyncio.Task"

// await takes what awaitables give.
func (r *runner) await(v Value, at closure.Instr) Value {
	var out Value
	for _, o := range v {
		switch {
		case o.Type == "builtins.coroutine" || o.Type == taskType:
			if o.unit != r.unit {
				r.drain(o, at)
				for _, x := range o.Runs {
					r.drain(x, at)
				}
			}
			out = out.Union(o.Elem)
		case len(o.Class) > 0:
			if x, ok := r.special(o, "__await__", at); ok {
				out = out.Union(x)
			}
		default:
			out = out.Union(o.Contents()).With(r.alloc(at, 0, ""))
		}
	}
	return out
}

// pending is an awaitable that gives v, and does what happened since the mark.
func (r *runner) pending(v Value, since Mark, at closure.Instr) Value {
	t := r.alloc(at, partCoroutine, taskType)
	t.Unstorable = true
	t.Hold(AnyItem, v)
	r.keepLazy(t, since)
	return t.Alone()
}

// scheduled is a task that runs these coroutines.
func (r *runner) scheduled(given Value, at closure.Instr) Value {
	t := r.pending(r.await(given, at), r.mark(), at)
	t[0].Runs = t[0].Runs.Union(given)
	return t
}
