# Found by seed 93: cell 1 mutates b.
# %% binds=b,getl live=b,getl
b = [1]

def getl():
    return b
# %% reads=b,getl mutates=b
list.append(getl(), 'u')
