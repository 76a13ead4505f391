# Found by seed 151: cell 0 binds w.
# %% binds=Bag,peek,w,x
def peek():
    globals()['w'] = 1
class Bag(dict):

    def __missing__(self, key):
        peek()
x = Bag()['q']
