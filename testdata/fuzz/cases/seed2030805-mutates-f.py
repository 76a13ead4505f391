# Found by seed 2030805: cell 1 mutates f, g.
# %% binds=c,f,g,make live=c,f
import functools
c = [1]

def make(k):

    def inner(v):
        nonlocal k
        k += 1
    return inner
g = make(1)
f = functools.lru_cache()(g)
# %% reads=c,f binds=w mutates=f,g
w = max(c, key=f)
