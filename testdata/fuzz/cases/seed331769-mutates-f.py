# Found by seed 331769: cell 1 mutates f.
# %% binds=f,fs,inc,make live=fs
import functools

def make(k):
    cnt = [1]

    def inner(v):
        cnt.append(1)
        return 1
    return inner
inc = make(1)
f = functools.lru_cache()(inc)
fs = [lambda u: 1 for id in [1]]
fs.append(inc)
# %% reads=fs binds=Mp,g,hit,opt mutates=f,fs,inc
class Mp:

    def __init__(self, q):
        self.q = 1
match Mp(1):
    case Mp(q=hit):

        def opt(k):

            def inner(v):
                pass
            return inner

        @opt(sum((fn(1) for fn in fs)))
        def g():
            pass
