# Found by seed 31: cell 1 mutates u.
# %% binds=reg,u live=reg
reg = {'k': [1]}
for u in reg.values():
    pass
# %% reads=reg binds=prox mutates=reg,u
prox = reg
prox['k'].append(1)
