# Found by seed 314757: cell 0 live it.
# %% binds=it,v live=it
it = (1 for v in [1])
for v in it:
    it = 1
# %% reads=it
it
