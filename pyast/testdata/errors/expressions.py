(*a) ### cannot use starred expression here
---
[*a for a in b] ### iterable unpacking cannot be used in comprehension
---
{**a for a in b} ### dict unpacking cannot be used in dict comprehension
---
{a: *b} ### cannot use a starred expression in a dictionary value
---
a if b ### expected 'else' after 'if' expression
---
a[] ### invalid syntax
---
a[b:c:d:e] ### invalid syntax
---
a <> b ### invalid syntax
---
a not b ### invalid syntax
---
`a` ### invalid character
---
a $ b ### invalid character
---
a ? b ### invalid syntax
---
print a ### missing parentheses in call to 'print'
---
exec 'a' ### missing parentheses in call to 'exec'
---
(a] ### closing ']' does not match opening '('
---
a) ### unmatched ')'
