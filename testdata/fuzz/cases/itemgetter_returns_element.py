# Found by seed 20: cell 1 mutates a, b, rows.
# %% binds=a,b,rows live=rows
import operator
b = [1]
a = b
rows = [a]
# %% reads=rows mutates=a,b,rows
operator.itemgetter(0)(rows).append(1)
