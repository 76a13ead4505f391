// Package models says what library functions do that no fact can (knowledge/README.md has the
// facts): they look attributes up by name, bind arguments, make descriptors, hand on what
// coroutines return. One file a library, and in it one registry.
//
// How to add one:
//
//  1. Write a failing case in deps/testdata: a notebook that calls the function, and what its
//     cells read and leave. If a fact can say what the function does, stop here and write the fact:
//     facts are shorter, are checked against the library itself, and its users can write them too.
//  2. Write the model in the file of its library, into the registry: under functions by the
//     dotted path, under methods by the method's name (look at the receiver's type first), under
//     instances for what calling an object does that a function made. A model is given an
//     [interp.Call], which has the arguments and all that a model may do: make objects, make them
//     hold others, run functions, note a mutation. It returns what the call may return, and
//     whether it was done; where it wasn't, the facts are taken.
//  3. A new file's registry is listed in models.go.
//
// A model owes what every transfer function owes (the interpreter's documentation says why): the
// same call in the same state gives the same objects, so it makes objects with Call.New alone, and
// what it leaves out must not happen in any run.
package models
