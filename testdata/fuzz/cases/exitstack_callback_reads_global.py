# Found by seed 21: cell 1 mutates b, reg.
# %% binds=b,push,reg live=push,reg
import contextlib
b = [4]

def push(c):
    for u in reg.values():
        u[0] = 1
reg = {1: b for key in 'j'}
# %% reads=push,reg binds=st mutates=b,reg
with contextlib.ExitStack() as st:
    st.callback(push, 1)
