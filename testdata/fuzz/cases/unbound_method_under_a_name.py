# Found by seed 83: cell 1 mutates a.
# %% binds=a,fill live=a,fill
a = [1]
fill = list.reverse
a.append('u')
# %% reads=a,fill mutates=a
fill(eval('a'))
