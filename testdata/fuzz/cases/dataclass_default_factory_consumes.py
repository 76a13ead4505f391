# Found by seed 1152: cell 1 mutates gen.
# %% binds=a,g,gen live=gen
import dataclasses
a = [2]

def g(*args, **kw):
    pass
gen = map(g, a)
# %% reads=gen binds=Rec,rec mutates=gen
@dataclasses.dataclass
class Rec:
    u: 1 = dataclasses.field(default_factory=lambda: next(gen))
rec = Rec()
