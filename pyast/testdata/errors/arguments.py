f(a=1, b) ### positional argument follows keyword argument
---
f(**a, b) ### positional argument follows keyword argument unpacking
---
f(**a, *b) ### iterable argument unpacking follows keyword argument unpacking
---
f(a.b=1) ### expression cannot contain assignment
---
f((a)=1) ### expression cannot contain assignment
---
f(True=1) ### cannot assign to True
---
f(a for a in b, c) ### generator expression must be parenthesized
---
f(c, a for a in b) ### generator expression must be parenthesized
---
f(a for a in b,) ### generator expression must be parenthesized
---
class A(a for a in b): pass ### generator expression must be parenthesized
---
f(a b) ### invalid syntax
---
f(,) ### invalid syntax
---
def f(a=1, b): pass ### parameter without a default follows parameter with a default
---
def f(a=1, /, b): pass ### parameter without a default follows parameter with a default
---
def f(*): pass ### named arguments must follow bare *
---
def f(*, **k): pass ### named arguments must follow bare *
---
def f(*a, *b): pass ### * argument may appear only once
---
def f(*a=1): pass ### var-positional argument cannot have default value
---
def f(**a=1): pass ### var-keyword argument cannot have default value
---
def f(**a, b): pass ### arguments cannot follow var-keyword argument
---
def f(/): pass ### at least one argument must precede /
---
def f(a, /, b, /): pass ### / may appear only once
---
def f(*, a, /): pass ### / must be ahead of *
---
def f(a=): pass ### expected default value expression
---
def f((a, b)): pass ### invalid syntax
---
def f[](): pass ### type parameter list cannot be empty
---
def f[*T: int](): pass ### cannot use bound with TypeVarTuple
---
def f[**T: int](): pass ### cannot use bound with ParamSpec
---
lambda a: int: a ### illegal target for annotation
---
lambda (a): a ### invalid syntax
