class A[T: int, *Ts, **P](Base[T]):
    x: T
    type L = list[T]
    def m[U = int](self, a: U, b=1, *, c=2) -> T:
        return lambda: (U, __class__)
type X[T] = dict[T, "y"]
def f[T](a: T = g) -> T: return T
def outer():
    v = 1
    class C:
        v = 2
        def m[T: v](self): return v
        type Z = v
    return v
def plain(a: Foo) -> Bar: return a
