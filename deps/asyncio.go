package deps

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

// pending is an awaitable that gives v.
func (r *runner) pending(v value, at closure.Instr) value {
	t := r.alloc(at, partCoroutine, taskType)
	t.opaque = true
	t.hold("", v)
	return t.alone()
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
	task := first(func(r *runner, given value, _ arguments, at closure.Instr) value {
		return r.pending(r.await(given, at), at)
	})
	specialCalls["asyncio.run"] = run
	for _, name := range [...]string{"create_task", "ensure_future", "shield", "wait_for", "run_coroutine_threadsafe"} {
		specialCalls["asyncio."+name] = task
	}
	specialCalls["asyncio.to_thread"] = first(func(r *runner, f value, args arguments, at closure.Instr) value {
		return r.pending(r.call(f, args, at), at)
	})
	specialCalls["asyncio.gather"] = func(r *runner, o *object, args arguments, at closure.Instr) (value, bool) {
		results := r.alloc(at, 0, "builtins.list")
		for n, c := range args.pos {
			results.hold("["+itoa(n), r.await(c, at))
		}
		results.hold("", r.await(args.rest, at))
		return r.pending(results.alone(), at), true
	}
	specialCalls["asyncio.as_completed"] = first(func(r *runner, given value, _ arguments, at closure.Instr) value {
		each := r.alloc(at, 0, "builtins.generator")
		each.opaque, each.iter = true, true
		each.hold("", r.pending(r.await(r.elements(given, at), at), at))
		return each.alone()
	})
	specialCalls["asyncio.wait"] = first(func(r *runner, given value, _ arguments, at closure.Instr) value {
		done := r.alloc(at, 1, "builtins.set")
		done.hold("", r.elements(given, at))
		both := r.alloc(at, 0, "builtins.tuple")
		both.hold("[0", done.alone())
		both.hold("[1", done.alone())
		return r.pending(both.alone(), at)
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
