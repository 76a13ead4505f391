x = 007 ### leading zeros in decimal integer literals are not permitted
---
x = 1__0 ### invalid decimal literal
---
x = 1_ ### invalid decimal literal
---
x = 0x ### invalid hexadecimal literal
---
x = 0b12 ### invalid binary literal
---
x = 0o8 ### invalid octal literal
---
x = 1abc ### invalid decimal literal
---
x = 1e+ ### invalid decimal literal
---
x = 1._5 ### invalid decimal literal
---
x = 'a ### unterminated string literal
---
x = f'{a} ### unterminated f-string literal
---
x = '\x1' ### truncated \x escape
---
x = '\u12' ### truncated \u escape
---
x = '\U00110000' ### illegal Unicode character
---
x = '\N{no such name}' ### unknown Unicode character name
---
x = '\N' ### malformed \N character escape
---
x = b'é' ### bytes can only contain ASCII literal characters
---
x = 'a' b'b' ### cannot mix bytes and nonbytes literals
---
x = f'a' b'b' ### cannot mix bytes and nonbytes literals
---
x = t'a' 'b' ### cannot mix t-string literals with string or bytes literals
---
x = f't' t'b' ### cannot mix t-string literals with string or bytes literals
---
x = ur'a' ### invalid syntax
---
x = f'}' ### f-string: single '}' is not allowed
---
x = f'{}' ### f-string: valid expression required before '}'
---
x = f'{!r}' ### f-string: valid expression required before '!'
---
x = f'{a b}' ### f-string: expecting '}'
---
x = f'{a!x}' ### f-string: invalid conversion character 'x'
---
x = f'{a! r}' ### f-string: conversion type must come right after the exclamation mark
---
x = f'{a!}' ### f-string: invalid conversion character
---
x = f'{lambda x: 1}' ### lambda expressions need parentheses in an f-string
---
x = f'{a:{b:{c:{d}}}}' ### f-string: expressions nested too deeply
---
x = f'{a' ### unterminated string literal
---
é! = 1 ### invalid syntax
---
€ = 1 ### invalid character '€'
