# Found by seed 59: cell 1 mutates reg.
# %% binds=reg live=reg
reg = {'k': [1]}
# %% reads=reg binds=u mutates=reg
for u in reg.values():
    u[0] = [1]
