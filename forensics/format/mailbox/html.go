package mailbox

import (
	"html"
	"strings"
)

// stripHTML makes readable text of HTML: tags and comments go, scripts and styles with
// their content, blocks begin a line, entities are decoded. The address of a link stays
// behind its text in angle brackets, since it can say more than the text: Google's notices
// carry the number of their kind there.
func stripHTML(s string) string {
	var out strings.Builder
	out.Grow(min(len(s), maxText))
	href := ""
	behind := len(s) - strings.LastIndexByte(s, '>') // what is left when the last ">" has gone by
	for len(s) > 0 && out.Len() < maxText {
		i := strings.IndexByte(s, '<')
		if i < 0 {
			out.WriteString(s)
			break
		}
		out.WriteString(s[:i])
		s = s[i:]
		if strings.HasPrefix(s, "<!--") {
			end := strings.Index(s, "-->")
			if end < 0 {
				break
			}
			s = s[end+3:]
			continue
		}
		end := -1
		if len(s) >= behind {
			end = tagEnd(s)
		}
		if end < 0 { // a lone "<" is text
			out.WriteByte('<')
			s = s[1:]
			continue
		}
		tag := s[1:end]
		s = s[end+1:]
		switch name := tagName(tag); name {
		case "script", "style", "head", "title":
			s = after(s, "</"+name)
		case "a":
			href = attribute(tag, "href")
		case "/a":
			if href != "" {
				out.WriteString(" <" + strings.ReplaceAll(href, "<", "%3C") + "> ")
				href = ""
			}
		case "br", "p", "/p", "div", "/div", "tr", "/tr", "table", "/table", "li", "h1", "h2", "h3", "h4", "/h1", "/h2", "/h3", "/h4", "ul", "ol", "hr", "blockquote":
			out.WriteByte('\n')
		case "td", "th", "/td", "/th":
			out.WriteByte(' ')
		}
	}
	return squeeze(html.UnescapeString(out.String()))
}

// tagEnd finds the ">" of the tag that s begins with, outside quotes; -1 where s begins with no tag.
// An open quote does not swallow the rest: browsers forgive it too.
func tagEnd(s string) int {
	if len(s) < 2 || !isLetter(s[1]) && s[1] != '/' && s[1] != '!' && s[1] != '?' {
		return -1
	}
	quote := byte(0)
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case (c == '"' || c == '\'') && s[i-1] == '=':
			quote = c
		case c == '>':
			return i
		}
	}
	return strings.IndexByte(s, '>')
}

func tagName(tag string) string {
	end := strings.IndexAny(tag, " \t\r\n>")
	if end < 0 {
		end = len(tag)
	}
	name := tag[:end]
	if len(name) > 1 {
		name = strings.TrimSuffix(name, "/")
	}
	return strings.ToLower(name)
}

// after gives what follows the closing tag, which is written in any case.
func after(s, closing string) string {
	rest := s
	for {
		i := strings.Index(rest, "</")
		if i < 0 {
			return ""
		}
		rest = rest[i:]
		if len(rest) >= len(closing) && strings.EqualFold(rest[:len(closing)], closing) {
			if j := strings.IndexByte(rest, '>'); j >= 0 {
				return rest[j+1:]
			}
			return ""
		}
		rest = rest[2:]
	}
}

// attribute gives the value of a tag's attribute.
func attribute(tag, name string) string {
	for i := 0; i+len(name) < len(tag); i++ {
		if !strings.EqualFold(tag[i:i+len(name)], name) || i == 0 || !isSpace(tag[i-1]) {
			continue
		}
		rest := strings.TrimLeft(tag[i+len(name):], " \t\r\n")
		if !strings.HasPrefix(rest, "=") {
			continue
		}
		rest = strings.TrimLeft(rest[1:], " \t\r\n")
		if rest == "" {
			return ""
		}
		if q := rest[0]; q == '"' || q == '\'' {
			end := strings.IndexByte(rest[1:], q)
			if end < 0 {
				return rest[1:]
			}
			return rest[1 : 1+end]
		}
		if end := strings.IndexAny(rest, " \t\r\n"); end >= 0 {
			rest = rest[:end]
		}
		return rest
	}
	return ""
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// squeeze leaves one blank where there are several, and one line end.
func squeeze(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	blank, line := false, false
	for _, r := range s {
		switch r {
		case '\n', '\r':
			line = true
		case ' ', '\t', '\u00A0':
			blank = true
		default:
			if out.Len() > 0 {
				if line {
					out.WriteByte('\n')
				} else if blank {
					out.WriteByte(' ')
				}
			}
			blank, line = false, false
			out.WriteRune(r)
		}
	}
	return out.String()
}
