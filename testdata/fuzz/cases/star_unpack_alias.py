# Found by seed 125: cell 1 mutates a, b, rows.
# %% binds=a,b,fill,rows,x live=a,fill
x = 2
b = [1]
a, *rows = [b, b]
rows[0].append(x)
fill = list.reverse
# %% reads=a,fill mutates=a,b,rows
%time fill(a)
