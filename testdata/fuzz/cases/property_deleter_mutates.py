# Found by seed 1795: cell 1 mutates a, m.
# %% binds=a,m live=a
m = [1]
a = m
# %% reads=a binds=A,o mutates=a,m
class A:

    def __init__(self):
        self.reset(1)

    def reset(self, v):
        self.items = a

    def _del(self):
        self.items.append(5)
    q = property(None, 1, _del)
o = A()
del o.q
