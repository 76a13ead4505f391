# Found by seed 11: cell 1 mutates a, reg.
# %% binds=a,b,reg live=b
import functools
a = [1]
reg = {1: a for key in 'j'}
b = list(reg.values())[0]
# %% reads=b binds=now,push mutates=a,b,reg
def push(a):
    a.append(1)
now = functools.partial(push, b)
now()
