# Found by seed 5005239: cell 1 mutates acc, f, g, inc.
# %% binds=acc,f,g,inc,run live=f,run
import functools
acc = [1]

def g(z, u=acc):
    u.append(1)

def run(fn, id):
    return fn(1)
inc = functools.partial(run, g)
f = functools.partial(run, inc)
# %% reads=f,run binds=x mutates=acc,f,g,inc
x = run(f, 1)
