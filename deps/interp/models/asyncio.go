package models

// What asyncio hands on of coroutines: what a coroutine returns lies in it, and in the tasks and
// futures that are made of it, until it is awaited.

import "github.com/xetmemo/xetmemo-lint/deps/interp"

const eventLoop = "asyncio.AbstractEventLoop"

var asyncioModels = registry{
	functions: both(
		named(schedule, "asyncio.create_task", "asyncio.ensure_future", "asyncio.shield", "asyncio.wait_for", "asyncio.run_coroutine_threadsafe"),
		map[string]interp.Model{
			"asyncio.run": runUntilComplete,
			"asyncio.to_thread": func(c *interp.Call) (interp.Value, bool) {
				mark := c.Mark()
				f, args := first(c)
				return c.NewTask(c.Run(f, args), mark), true
			},
			"asyncio.gather": gather,
			"asyncio.as_completed": func(c *interp.Call) (interp.Value, bool) {
				given, _ := first(c)
				each := c.NewIterator(0, "builtins.generator", true)
				each.Hold(interp.AnyItem, c.Schedule(c.Elements(given)))
				return each.Alone(), true
			},
			"asyncio.wait": wait,
		},
	),
	methods: map[string]interp.Model{
		"run_until_complete": of(runUntilComplete, eventLoop),
		"create_task":        of(schedule, eventLoop, "asyncio.TaskGroup"),
	},
}

// of is the model of a method that these types have.
func of(m interp.Model, types ...string) interp.Model {
	return func(c *interp.Call) (interp.Value, bool) {
		for _, t := range types {
			if c.Recv.Type == t {
				return m(c)
			}
		}
		return nil, false
	}
}

// first is the first argument, or any where places are unknown, and the arguments behind it.
func first(c *interp.Call) (interp.Value, interp.Arguments) {
	args := c.Args
	if len(args.Pos) == 0 {
		return args.Rest, args
	}
	given := args.Pos[0]
	args.Pos = args.Pos[1:]
	return given, args
}

func runUntilComplete(c *interp.Call) (interp.Value, bool) {
	given, _ := first(c)
	return c.Await(given), true
}

func schedule(c *interp.Call) (interp.Value, bool) {
	given, _ := first(c)
	return c.Schedule(given), true
}

func gather(c *interp.Call) (interp.Value, bool) {
	results := c.New(0, "builtins.list")
	for n, x := range c.Args.Pos {
		results.Hold(interp.Nth(n), c.Await(x))
	}
	results.Hold(interp.AnyItem, c.Await(c.Args.Rest))
	return c.Gather(c.Args.All(), results.Alone()), true
}

func wait(c *interp.Call) (interp.Value, bool) {
	given, _ := first(c)
	done, both := c.New(1, "builtins.set"), c.New(0, "builtins.tuple")
	done.Hold(interp.AnyItem, c.Elements(given))
	both.Hold(interp.Nth(0), done.Alone())
	both.Hold(interp.Nth(1), done.Alone())
	return c.NewTask(both.Alone(), c.Mark()), true
}
