# Found by seed 48: cell 1 mutates c.
# %% binds=c,gen
c = [1]
gen = (eval('c').append(1) for v in [1])
# %% reads=gen mutates=c
7 in gen
