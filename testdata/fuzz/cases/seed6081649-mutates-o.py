# Found by seed 6081649: cell 1 mutates o.
# %% binds=A,gen,o live=o
class A:

    def __init__(self):
        self.items = [1]
gen = (getattr(o, 'items').append(1) for v in [1])
o = A()
# %% reads=gen,o mutates=o
7 in gen
