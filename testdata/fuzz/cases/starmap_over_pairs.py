# Found by seed 61: cell 1 mutates b.
# %% binds=b live=b
import itertools
b = [4]
# %% reads=b mutates=b
list(itertools.starmap(lambda u, v: u.append(1), [(b, 1)]))
