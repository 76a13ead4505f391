# Found by seed 255: cell 0 live a.
# %% file core.py
def push(r, v=1):
    r.insert(0, v)
state = [1]
# %% binds=a,b,c,reg,st,u live=a
import contextlib
b = [4]
from core import *
with contextlib.ExitStack() as st:
    st.callback(push, state)
a = c = b
reg = dict.fromkeys('j', c)
for u in reg.values():
    u[0] = state
# %% reads=a
a
