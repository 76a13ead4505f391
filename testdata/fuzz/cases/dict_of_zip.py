# Found by seed 73: cell 1 mutates b.
# %% binds=b,idx live=idx
b = [1]
idx = dict(zip('kj', [b]))
# %% reads=idx mutates=b,idx
idx['k'].append(1)
