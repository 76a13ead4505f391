package pyast

// String returns CPython's class name of the operator.
func (op Operator) String() string {
	return [...]string{"Add", "Sub", "Mult", "MatMult", "Div", "Mod", "Pow", "LShift",
		"RShift", "BitOr", "BitXor", "BitAnd", "FloorDiv"}[op]
}

// String returns CPython's class name of the operator.
func (op UnaryOperator) String() string {
	return [...]string{"Invert", "Not", "UAdd", "USub"}[op]
}

// String returns CPython's class name of the operator.
func (op BoolOperator) String() string { return [...]string{"And", "Or"}[op] }

// String returns CPython's class name of the operator.
func (op CmpOperator) String() string {
	return [...]string{"Eq", "NotEq", "Lt", "LtE", "Gt", "GtE", "Is", "IsNot", "In", "NotIn"}[op]
}
