# Found by seed 784: cell 1 mutates t1, t2.
# %% binds=acc,it,t1,t2 live=acc
import itertools
acc = [4]
it = acc
t1, t2 = itertools.tee(it)
# %% reads=acc mutates=acc,it,t1,t2
acc[0] = 1
