# Found by seed 5041: cell 1 mutates B, acc, p.
# %% binds=A,B,acc,p live=A,p
acc = [2]

class B:

    def __init__(self, items=acc):
        self.v, self.items = (1, items)

    def __str__(self):
        self.items.append(1)
        return 'z'
p = B()

class A:
    pass
# %% reads=A,p mutates=A,B,acc,p
A.n = f'{p}'
