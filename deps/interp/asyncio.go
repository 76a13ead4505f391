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
func (r *runner) pending(v Value, since logMark, at closure.Instr) Value {
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

func addAsyncio() {
	type call = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool)
	first := func(make func(r *runner, given Value, args Arguments, at closure.Instr) Value) call {
		return func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
			given := args.Rest
			if len(args.Pos) > 0 {
				given = args.Pos[0]
				args.Pos = args.Pos[1:]
			}
			return make(r, given, args, at), true
		}
	}
	run := first(func(r *runner, given Value, _ Arguments, at closure.Instr) Value { return r.await(given, at) })
	task := first(func(r *runner, given Value, _ Arguments, at closure.Instr) Value { return r.scheduled(given, at) })
	specialCalls["asyncio.run"] = run
	for _, name := range [...]string{"create_task", "ensure_future", "shield", "wait_for", "run_coroutine_threadsafe"} {
		specialCalls["asyncio."+name] = task
	}
	specialCalls["asyncio.to_thread"] = first(func(r *runner, f Value, args Arguments, at closure.Instr) Value {
		mark := r.mark()
		return r.pending(r.call(f, args, at), mark, at)
	})
	specialCalls["asyncio.gather"] = func(r *runner, o *Object, args Arguments, at closure.Instr) (Value, bool) {
		results := r.alloc(at, 0, "builtins.list")
		for n, c := range args.Pos {
			results.Hold(Nth(n), r.await(c, at))
		}
		results.Hold(AnyItem, r.await(args.Rest, at))
		t := r.scheduled(args.All(), at)
		t[0].Elem = results.Alone()
		return t, true
	}
	specialCalls["asyncio.as_completed"] = first(func(r *runner, given Value, _ Arguments, at closure.Instr) Value {
		each := r.alloc(at, 0, "builtins.generator")
		each.Unstorable, each.Iterator = true, true
		each.Hold(AnyItem, r.scheduled(r.elements(given, at), at))
		return each.Alone()
	})
	specialCalls["asyncio.wait"] = first(func(r *runner, given Value, _ Arguments, at closure.Instr) Value {
		done := r.alloc(at, 1, "builtins.set")
		done.Hold(AnyItem, r.elements(given, at))
		both := r.alloc(at, 0, "builtins.tuple")
		both.Hold(Nth(0), done.Alone())
		both.Hold(Nth(1), done.Alone())
		return r.pending(both.Alone(), r.mark(), at)
	})
	of := func(typ string, c call) call { // a method of that type
		return func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
			if recv.Type != typ {
				return nil, false
			}
			return c(r, recv, args, at)
		}
	}
	specialMethods["run_until_complete"] = of("asyncio.AbstractEventLoop", run)
	loop, group := of("asyncio.AbstractEventLoop", task), of("asyncio.TaskGroup", task)
	specialMethods["create_task"] = func(r *runner, recv *Object, args Arguments, at closure.Instr) (Value, bool) {
		if v, ok := loop(r, recv, args, at); ok {
			return v, true
		}
		return group(r, recv, args, at)
	}
}
