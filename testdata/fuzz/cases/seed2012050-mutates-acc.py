# Found by seed 2012050: cell 1 mutates acc.
# %% file util.py
def apply(fn, v):
    return fn(1)
# %% binds=acc,f,g live=f,g
acc = [1]

def f(z):
    pass

def g(y, u=acc):
    u.append(1)
# %% reads=f,g binds=deco,f,i,j,x mutates=acc,g
for i in [1]:
    for j in [1]:

        def deco(fn):

            def inner(v):
                inc = 1
                return fn(1)
            return inner
        x = deco(f)(1)

        @deco
        def f():
            pass
import util
x = util.apply(g, 1)
