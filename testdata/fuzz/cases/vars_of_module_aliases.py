# Found by seed 1858: cell 1 mutates a, c.
# %% binds=a,c
import types
c = [4]
a = c
box = types
vars(box)['items'] = c
# %% mutates=a,c
box.items.append(1)
