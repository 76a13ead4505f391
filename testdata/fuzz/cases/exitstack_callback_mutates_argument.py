# Found by seed 43: cell 1 mutates b.
# %% binds=b,fill live=b,fill
import contextlib
b = [4]

def fill(c):
    c.append(1)
# %% reads=b,fill binds=st mutates=b
with contextlib.ExitStack() as st:
    st.callback(fill, eval('b'))
