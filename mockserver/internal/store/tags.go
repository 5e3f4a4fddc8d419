package store

import (
	"strconv"
	"strings"
)

// maxTag is the longest tag, in characters.
const maxTag = 255

// cleanTags trims tags and leaves out repeated ones. It looks at those beside one of the wrong type too, so that all
// problems are reported at once.
func cleanTags(p *problems, o Opt[[]string]) []string {
	tags := make([]string, 0, len(o.Value))
	seen := make(map[string]bool, len(o.Value))
	for i, tag := range o.Value {
		field := "tags[" + strconv.Itoa(i) + "]"
		tag = strings.TrimSpace(tag)
		if tag == "" {
			p.add(field, "must not be blank")
		}
		checkText(p, field, tag, maxTag)
		if !seen[tag] {
			seen[tag] = true
			tags = append(tags, tag)
		}
	}
	return tags
}

// diffTags returns the tags that only one of two sets has.
func diffTags(before, after []string) (added, removed []string) {
	had, has := tagSet(before), tagSet(after)
	for _, t := range after {
		if !had[t] {
			added = append(added, t)
		}
	}
	for _, t := range before {
		if !has[t] {
			removed = append(removed, t)
		}
	}
	return added, removed
}

func tagSet(tags []string) map[string]bool {
	m := make(map[string]bool, len(tags))
	for _, t := range tags {
		m[t] = true
	}
	return m
}
