# Found by seed 6033886: cell 1 deletes gone.
# %% binds=gone
gone = 0
for y in []:
    del gone
# %% deletes=gone
del gone
