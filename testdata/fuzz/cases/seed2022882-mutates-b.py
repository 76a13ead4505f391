# Found by seed 2022882: cell 1 mutates b.
# %% binds=b,reg live=b,reg
reg = {'k': [1]}
b = [1]
# %% reads=b,reg binds=gen,v mutates=b,reg
gen = (reg['k'].append(1) for v in (1, 2))
for v in gen:
    reg['k'] = b
