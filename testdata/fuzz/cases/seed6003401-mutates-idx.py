# Found by seed 6003401: cell 1 mutates idx.
# %% binds=b,idx,tup live=b
import copy
tup = tuple([[1], {}])
b = tup[0]
b = copy.copy(b)
idx = b
# %% reads=b binds=b mutates=idx
b += [1]
