package interp

import "github.com/xetmemo/xetmemo-lint/closure"

// What asyncio hands on of coroutines. The body of a coroutine is taken to run where it is called
// (returned, in call.go); what it returns lies in the coroutine, and in the tasks and futures
// that are made of it, until it is awaited.

const taskType = "asyncio.Task"

// await takes what awaitables give.
func (r *runner) await(v value, at closure.Instr) value {
	var out value
	for _, o := range v {
		switch {
		case o.typ == "builtins.coroutine" || o.typ == taskType:
			if o.unit != r.unit {
				r.drain(o, at)
				for _, x := range o.made {
					r.drain(x, at)
				}
			}
			out = out.union(o.elem)
		case len(o.class) > 0:
			if x, ok := r.special(o, "__await__", at); ok {
				out = out.union(x)
			}
		default:
			out = out.union(o.contents()).with(r.alloc(at, 0, ""))
		}
	}
	return out
}

// pending is an awaitable that gives v, and does what happened since the mark.
func (r *runner) pending(v value, since logMark, at closure.Instr) value {
	t := r.alloc(at, partCoroutine, taskType)
	t.opaque = true
	t.hold(anyItem, v)
	r.keepLazy(t, since)
	return t.alone()
}

// scheduled is a task that runs these coroutines.
func (r *runner) scheduled(given value, at closure.Instr) value {
	t := r.pending(r.await(given, at), r.mark(), at)
	t[0].made = t[0].made.union(given)
	return t
}

func addAsyncio() {
	type call = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool)
	first := func(make func(r *runner, given value, args arguments, at closure.Instr) value) call {
		return func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
			given := args.rest
			if len(args.pos) > 0 {
				given = args.pos[0]
				args.pos = args.pos[1:]
			}
			return make(r, given, args, at), true
		}
	}
	run := first(func(r *runner, given value, _ arguments, at closure.Instr) value { return r.await(given, at) })
	task := first(func(r *runner, given value, _ arguments, at closure.Instr) value { return r.scheduled(given, at) })
	specialCalls["asyncio.run"] = run
	for _, name := range [...]string{"create_task", "ensure_future", "shield", "wait_for", "run_coroutine_threadsafe"} {
		specialCalls["asyncio."+name] = task
	}
	specialCalls["asyncio.to_thread"] = first(func(r *runner, f value, args arguments, at closure.Instr) value {
		mark := r.mark()
		return r.pending(r.call(f, args, at), mark, at)
	})
	specialCalls["asyncio.gather"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		results := r.alloc(at, 0, "builtins.list")
		for n, c := range args.pos {
			results.hold(nth(n), r.await(c, at))
		}
		results.hold(anyItem, r.await(args.rest, at))
		t := r.scheduled(args.all(), at)
		t[0].elem = results.alone()
		return t, true
	}
	specialCalls["asyncio.as_completed"] = first(func(r *runner, given value, _ arguments, at closure.Instr) value {
		each := r.alloc(at, 0, "builtins.generator")
		each.opaque, each.iter = true, true
		each.hold(anyItem, r.scheduled(r.elements(given, at), at))
		return each.alone()
	})
	specialCalls["asyncio.wait"] = first(func(r *runner, given value, _ arguments, at closure.Instr) value {
		done := r.alloc(at, 1, "builtins.set")
		done.hold(anyItem, r.elements(given, at))
		both := r.alloc(at, 0, "builtins.tuple")
		both.hold(nth(0), done.alone())
		both.hold(nth(1), done.alone())
		return r.pending(both.alone(), r.mark(), at)
	})
	of := func(typ string, c call) call { // a method of that type
		return func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
			if recv.typ != typ {
				return nil, false
			}
			return c(r, recv, args, at)
		}
	}
	specialMethods["run_until_complete"] = of("asyncio.AbstractEventLoop", run)
	loop, group := of("asyncio.AbstractEventLoop", task), of("asyncio.TaskGroup", task)
	specialMethods["create_task"] = func(r *runner, recv *object, args arguments, at closure.Instr) (value, bool) {
		if v, ok := loop(r, recv, args, at); ok {
			return v, true
		}
		return group(r, recv, args, at)
	}
}
