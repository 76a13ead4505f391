# Found by seed 58: cell 1 mutates b, ns.
# %% binds=b,ns live=ns
import operator
import types
b = [1]
ns = types.SimpleNamespace(items=b)
# %% reads=ns mutates=b,ns
operator.attrgetter('items')(ns).append(1)
