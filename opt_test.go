package selgora_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/selgora/selgora-go"
	"github.com/selgora/selgora-go/money"
)

// Users compare the parameters that their code makes, in tests of their own.
func TestOptsCompare(t *testing.T) {
	noon := time.Date(2024, 3, 25, 12, 0, 0, 0, time.UTC)
	full := func() selgora.EventUpdateParams {
		return selgora.EventUpdateParams{
			Title:     selgora.Set("Office hours"),
			StartTime: selgora.Set(noon.In(time.FixedZone("CET", 3600))),
			Recurring: selgora.Null[selgora.Recurrence](),
		}
	}
	changed := func(change func(*selgora.EventUpdateParams)) selgora.EventUpdateParams {
		p := full()
		change(&p)
		return p
	}
	if diff := cmp.Diff(full(), changed(func(p *selgora.EventUpdateParams) { p.StartTime = selgora.Set(noon) })); diff != "" {
		t.Errorf("the same instants differ (-want +got):\n%s", diff)
	}
	for name, other := range map[string]selgora.EventUpdateParams{
		"value":    changed(func(p *selgora.EventUpdateParams) { p.Title = selgora.Set("Webinar") }),
		"time":     changed(func(p *selgora.EventUpdateParams) { p.StartTime = selgora.Set(noon.Add(1)) }),
		"left out": changed(func(p *selgora.EventUpdateParams) { p.Title = selgora.Opt[string]{} }),
		"zero":     changed(func(p *selgora.EventUpdateParams) { p.DurationMinutes = selgora.Set(0) }),
		"null":     changed(func(p *selgora.EventUpdateParams) { p.Title = selgora.Null[string]() }),
		"not null": changed(func(p *selgora.EventUpdateParams) { p.Recurring = selgora.Set(selgora.Recurrence{}) }),
	} {
		if cmp.Equal(full(), other) || cmp.Equal(other, full()) {
			t.Errorf("%s: taken for equal", name)
		}
	}
	if a, b := selgora.Set([]string{"x", "y"}), selgora.Set([]string{"x", "z"}); !a.Equal(selgora.Set([]string{"x", "y"})) || a.Equal(b) {
		t.Error("slices are not compared by their elements")
	}
}

func TestOptIsReadable(t *testing.T) {
	got := fmt.Sprintf("%+v", selgora.CourseUpdateParams{
		Title: selgora.Set("Go"), Description: selgora.Null[string](), Price: selgora.Set(money.MustParse("49.90")),
	})
	want := "{Title:Go Description:null Price:49.9 Currency:(left out) Status:(left out)}"
	if got != want {
		t.Errorf("printed as %s, want %s", got, want)
	}
}
