def f(): ### expected an indented block after function definition
x
---
a
  b ### unexpected indent
---
if a:
    b
  c ### unindent does not match any outer indentation level
---
if a:
        b
<tab>c ### inconsistent use of tabs and spaces in indentation
---
else: a ### invalid syntax
---
if a b: ### expected ':'
    c
---
while a ### expected ':'
---
try: a ### expected 'except' or 'finally' block
---
try: a
except A: b
except* B: c ### cannot have both 'except' and 'except*' on the same 'try'
---
try: a
except*: b ### expected one or more exception types
---
try: a
except A, B as c: d ### multiple exception types must be parenthesized when using 'as'
---
from a import b, ### trailing comma not allowed without surrounding parentheses
---
from a import () ### invalid syntax
---
from a import * as b ### invalid syntax
---
import a, ### invalid syntax
---
from import a ### invalid syntax
---
global a.b ### invalid syntax
---
assert ### invalid syntax
---
raise from a ### invalid syntax
---
return = 1 ### invalid syntax
---
class = 1 ### invalid syntax
---
async x ### invalid syntax
---
@a
b ### invalid syntax
---
x = 1 y = 2 ### invalid syntax
---
if a: if b: c ### invalid syntax
---
type X ### invalid syntax
---
a \ b ### unexpected character after a line continuation
---
match a:
    b ### expected 'case'
---
match a:
    case *b: c ### invalid syntax
---
match a:
    case b as _: c ### cannot use '_' as a target
---
match a:
    case {**b, 'c': d}: e ### double star pattern must be the last
---
match a:
    case {b: c}: d ### mapping pattern keys may only match literals
---
match a:
    case A(b=c, d): e ### positional patterns follow keyword patterns
---
match a:
    case 1+2: b ### imaginary number required in complex literal
---
match a:
    case 1j+2j: b ### real number required in complex literal
---
match a:
    case b.c(): d
    case -e: f ### invalid syntax
