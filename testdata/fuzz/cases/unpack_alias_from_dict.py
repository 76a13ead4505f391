# Found by seed 126: cell 1 mutates a, idx.
# %% binds=a,acc,idx live=acc
a = [2]
idx = dict(k=a)
acc = list(idx.values())[0]
# %% reads=acc binds=rows,u mutates=a,acc,idx
rows = [acc]
u, = rows
u.append(1)
