package rules

// Its findings come from Unreadable: there is no notebook to look at.
var invalidNotebook = &Rule{Code: "XM001", Name: "invalid-notebook", Severity: Error}
