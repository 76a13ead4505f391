# Found by seed 324274: cell 1 mutates rows.
# %% binds=b,m,rows live=rows
import copy
b = [1]
m = [b]
rows = copy.deepcopy(m)
# %% reads=rows binds=a mutates=rows
for a in rows[:]:
    a.append(1)
