# Found by seed 75: cell 1 mutates acc, b.
# %% binds=acc,b,gen,getl,y live=b
b = [1]
getl = lambda: b
gen = ((acc := getl()).append(1) or 1 for v in [1])
y = sum(gen)
# %% reads=b mutates=acc,b
list.append(b, 1)
