package pyast

func (s *scanner) escape() bool                   { return false }
func (p *parser) magicLine()                      {}
func (p *parser) assignedMagic() Expr             { return nil }
func (p *parser) helpLine(start, errors int) bool { return false }
