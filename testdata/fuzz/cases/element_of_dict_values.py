# Found by seed 44: cell 1 mutates a, idx.
# %% binds=a,idx live=idx
a = [2]
idx = {'k': a}
# %% reads=idx mutates=a,idx
list(idx.values())[0].append(2)
