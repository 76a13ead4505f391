# Found by seed 324469: cell 1 binds id.
# %% binds=b,f,gen,id,total live=gen,id,total
import itertools
b = [1]
id = 1

def total():
    global id
    id += 1

def f(x):
    total()
gen = itertools.takewhile(f, b)
# %% reads=gen,id,total binds=id mutates=gen
dict(gen)
