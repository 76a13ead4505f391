# Found by seed 308388: cell 1 mutates f.
# %% binds=deco,f live=deco,f
import functools

def deco(fn):
    memo = {}

    def inner(v):
        memo[1] = fn(1)
    return inner

@deco
def f(v):
    pass
# %% reads=deco,f binds=decoa,g,x mutates=f
def decoa(k):

    def outer(fn):

        def inner(v):
            return functools.partial(f, 1)()
        return inner
    return outer

@deco
@decoa(2)
def g():
    pass
x = deco(g)(1)
