# Found by seed 50: cell 1 mutates a.
# %% binds=a live=a
a = [4]
# %% reads=a binds=idx,key,u mutates=a
idx = dict(zip('kj', [a]))
for key, u in idx.items():
    u += [3]
