# Found by seed 1117: cell 1 mutates a.
# %% binds=a,build live=a,build
globals().update(a=[1])

def build(k):
    u = a
    return u.append
# %% reads=a,build binds=y mutates=a
y = build(1)(1)
