# Found by seed 96: cell 1 mutates acc.
# %% binds=acc live=acc
import itertools
acc = [4]
# %% reads=acc binds=f,grp,key mutates=acc
def f(n):
    for u in [acc]:
        u.append(0)
for key, grp in itertools.groupby([1], key=f):
    pass
