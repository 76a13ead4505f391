# Found by seed 307921: cell 1 mutates f.
# %% binds=deco,f,g live=deco,g
def deco(fn):
    memo = {}

    def inner(v):
        memo[1] = fn(1)
    return inner

@deco
def f(v):
    pass
g = deco(f)
# %% reads=deco,g binds=x mutates=f,g
x = deco(g)(1)
