# Found by seed 958: cell 1 reads a.
# %% binds=a live=a
import functools
a = 1
# %% reads=a binds=disp,disp_int,y
@functools.singledispatch
def disp():
    pass

@disp.register(int)
def disp_int(v):
    return a
y = disp(1)
