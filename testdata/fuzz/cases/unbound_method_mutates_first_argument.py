# Found by seed 27: cell 1 mutates a, b.
# %% binds=a,b live=b
a = [1]
b = a
# %% reads=b mutates=a,b
list.append(b, 1)
