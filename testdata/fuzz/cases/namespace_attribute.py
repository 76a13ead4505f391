# Found by seed 97: cell 1 mutates a.
# %% binds=a live=a
import types
a = [1]
# %% reads=a binds=ns mutates=a
ns = types.SimpleNamespace(items=a)
ns.items.append(1)
