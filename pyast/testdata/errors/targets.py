f() = 1 ### cannot assign to function call here. Maybe you meant '==' instead of '='?
---
1 = x ### cannot assign to literal
---
None = x ### cannot assign to None
---
a + b = c ### cannot assign to expression
---
a < b = c ### cannot assign to comparison
---
(a, b()) = c ### cannot assign to function call
---
a = 1 = b ### cannot assign to literal
---
x if y else z = 1 ### cannot assign to conditional expression
---
(lambda: 1) = 2 ### cannot assign to lambda
---
f'{x}' = 1 ### cannot assign to f-string expression
---
(yield) = 1 ### cannot assign to yield expression
---
yield = 1 ### assignment to yield expression not possible
---
a, b += 1 ### 'tuple' is an illegal expression for augmented assignment
---
() += 1 ### 'tuple' is an illegal expression
---
f() += 1 ### 'function call' is an illegal expression
---
a, b: int ### only single target (not tuple) can be annotated
---
[a]: int ### only single target (not list) can be annotated
---
f(): int ### illegal target for annotation
---
for f() in x: pass ### cannot assign to function call
---
[x for 1 in y] ### cannot assign to literal
---
with a as f(): pass ### cannot assign to function call
---
del f() ### cannot delete function call
---
del (a, 1) ### cannot delete literal
---
del *a ### invalid syntax
---
del a + b ### cannot delete expression
---
(a.b := 1) ### cannot use assignment expressions with attribute
---
((a) := 1) ### cannot use assignment expressions with name
---
a := 1 ### invalid syntax: ':=' needs parentheses here
---
x = y := 1 ### invalid syntax
---
import a.b as c.d ### invalid syntax
