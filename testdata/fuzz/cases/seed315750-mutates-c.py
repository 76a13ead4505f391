# Found by seed 315750: cell 1 mutates c, idx.
# %% binds=b,c,idx live=idx
import copy
b = [1]
idx = dict(zip('kj', [b]))
b = idx.get('k')
c = copy.copy(b)
idx = dict(k=c)
# %% reads=idx mutates=c,idx
list(idx.items())[0][1].append(1)
