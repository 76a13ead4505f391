# Found by seed 1028740: cell 1 mutates b.
# %% binds=C,b,f,now,p,peek live=b,f,p,peek
import itertools
b = [1]

def now():
    u = b
    u.append(2)
    return 1
peek = now

class C:

    def __index__(self):
        return peek()
p = C()

def f(x):
    return [6, 7][p]
# %% reads=b,f,p,peek binds=it mutates=b
it = itertools.takewhile(f, [1])
list(it)
