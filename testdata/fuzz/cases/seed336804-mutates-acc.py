# Found by seed 336804: cell 1 mutates acc.
# %% binds=acc,c,m,rows live=m
import copy
c = [1]
rows = [c]
m = copy.deepcopy(rows)
acc = list(m)
# %% reads=m binds=u mutates=acc,m
u, = m
u.append(1)
