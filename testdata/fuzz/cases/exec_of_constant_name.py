# Found by seed 132: cell 0 binds x.
# %% binds=code,n,x
n = 2
code = 'x = n'
exec(code)
