# Found by seed 4455: cell 1 mutates a.
# %% binds=a live=a
globals().update(a=[1])
# %% reads=a mutates=a
globals()['a'].append(1)
