# Found by seed 6: cell 1 reads a.
# %% binds=a,it live=a
a = 4
it = (a for v in [1])
# %% reads=a,it binds=x
x = next(it)
