# Found by seed 6: cell 1 reads a; cell 1 mutates a.
# %% binds=a,it live=a
a = [4]
it = (a.append(1) for v in [1])
# %% reads=a,it binds=x mutates=a
x = next(it)
