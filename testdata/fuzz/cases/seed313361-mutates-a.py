# Found by seed 313361: cell 1 mutates a.
# %% binds=a,b,ns live=a
import copy
import operator
import types
ns = types.SimpleNamespace(items=[1])
b = operator.attrgetter('items')(ns)
a = copy.copy(b)
# %% reads=a mutates=a
a[0] += 1
