# Found by seed 12: cell 1 mutates a, b, rows.
# %% binds=a,b,rows live=b
import contextlib
rows = [2]
b = rows
for a in [b]:
    pass
# %% reads=b binds=u mutates=a,b,rows
with contextlib.nullcontext(b) as u:
    u.append(1)
