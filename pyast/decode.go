package pyast

// Bytes of a Python file to text (PEP 263).

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// cookie matches the coding comment of PEP 263 in one line.
var cookie = regexp.MustCompile(`^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`)

// Decode returns the text of a module: a byte order mark is taken off, and the encoding that a
// coding comment on the first two lines names (PEP 263) is decoded. It knows utf-8, latin-1
// and ascii; an encoding that it does not know, or that the bytes break, is an error.
func Decode(b []byte) (string, error) {
	s := string(b)
	bom := strings.HasPrefix(s, "\ufeff")
	s = strings.TrimPrefix(s, "\ufeff")
	name := "utf-8"
	rest := s
	for range 2 {
		end := lineEnd(rest, 0)
		line := rest[:end]
		if m := cookie.FindStringSubmatch(line); m != nil {
			name = strings.ReplaceAll(strings.ToLower(m[1]), "_", "-")
			break
		}
		if t := strings.TrimLeft(line, " \t\f"); t != "" && t[0] != '#' {
			break
		}
		rest = rest[skipNewline(rest, end):]
	}
	switch {
	case name == "utf8" || name == "utf-8" || strings.HasPrefix(name, "utf-8-") || name == "u8":
		if !utf8.ValidString(s) {
			return "", fmt.Errorf("the source is not valid UTF-8")
		}
		return s, nil
	case bom:
		return "", fmt.Errorf("the source has a UTF-8 byte order mark but names the encoding %s", name)
	}
	ascii := false
	switch name {
	case "ascii", "us-ascii", "646":
		ascii = true
	case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "iso-latin-1", "l1", "8859", "cp819":
	default:
		return "", fmt.Errorf("the source names the encoding %s, which is not supported", name)
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if ascii && s[i] >= utf8.RuneSelf {
			return "", fmt.Errorf("the source names the encoding %s but has the byte 0x%02x", name, s[i])
		}
		out.WriteRune(rune(s[i]))
	}
	return out.String(), nil
}
