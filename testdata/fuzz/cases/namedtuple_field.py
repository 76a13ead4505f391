# Found by seed 151: cell 1 mutates c.
# %% binds=c live=c
import collections
c = [1]
# %% reads=c binds=Row,row mutates=c
Row = collections.namedtuple('Row', 'q u')
row = Row(1, eval('c'))
row.u.append(1)
