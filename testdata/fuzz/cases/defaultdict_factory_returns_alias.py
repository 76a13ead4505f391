# Found by seed 118: cell 1 mutates a.
# %% binds=a,dd live=a,dd
import collections
a = [4]
dd = collections.defaultdict(lambda: a)
# %% reads=a,dd mutates=a,dd
dd['k'].append(1)
