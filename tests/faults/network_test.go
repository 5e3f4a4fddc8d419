package faults_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// A lane is one way through the network, bad in one way.
type lane struct {
	name   string
	toxics []string // as toxiproxy's own API takes them; none is a good lane
	dead   bool     // connections are refused
	burst  int      // so many connections more take it in a row, as in an outage
	breaks bool     // an attempt can fail on it
}

// toxic writes a toxic; attributes is the inside of a JSON object.
func toxic(kind, stream, attributes string) string {
	return fmt.Sprintf(`{"type":%q,"stream":%q,"attributes":{%s}}`, kind, stream, attributes)
}

// lanes are all faults, each where it makes a difference in both directions: what is lost on the way up was not done,
// what is lost on the way down was.
func lanes() []lane {
	return []lane{
		{name: "latency", toxics: []string{toxic("latency", "downstream", `"latency":20`)}},
		{name: "jitter", toxics: []string{toxic("latency", "upstream", `"latency":40,"jitter":40`), toxic("latency", "downstream", `"latency":40,"jitter":40`)}},
		{name: "latency over the timeout", toxics: []string{toxic("latency", "downstream", `"latency":600`)}, breaks: true},
		{name: "reset_peer on the way up", toxics: []string{toxic("reset_peer", "upstream", `"timeout":0`)}, breaks: true},
		{name: "reset_peer on the way down", toxics: []string{toxic("reset_peer", "downstream", `"timeout":5`)}, breaks: true},
		{name: "slow_close", toxics: []string{toxic("slow_close", "downstream", `"delay":100`)}},
		{name: "slicer", toxics: []string{toxic("slicer", "upstream", `"average_size":64,"size_variation":32,"delay":100`), toxic("slicer", "downstream", `"average_size":64,"size_variation":32,"delay":100`)}},
		{name: "limit_data in the request's head", toxics: []string{toxic("limit_data", "upstream", `"bytes":40`)}, breaks: true},
		{name: "limit_data in the request's body", toxics: []string{toxic("limit_data", "upstream", `"bytes":300`)}, breaks: true},
		{name: "limit_data in the answer's head", toxics: []string{toxic("limit_data", "downstream", `"bytes":60`)}, breaks: true},
		{name: "limit_data in the answer's body", toxics: []string{toxic("limit_data", "downstream", `"bytes":450`)}, breaks: true},
		{name: "timeout on the way up", toxics: []string{toxic("timeout", "upstream", `"timeout":30`)}, breaks: true},
		{name: "timeout on the way down", toxics: []string{toxic("timeout", "downstream", `"timeout":30`)}, breaks: true},
		{name: "silence", toxics: []string{toxic("timeout", "downstream", `"timeout":0`)}, breaks: true},
		{name: "bandwidth", toxics: []string{toxic("bandwidth", "upstream", `"rate":20`), toxic("bandwidth", "downstream", `"rate":20`)}},
		{name: "refused", dead: true, burst: 20, breaks: true},
	}
}

// A network dials each connection over a lane that its seed determines, and counts what is open.
type network struct {
	proxies []*toxiproxy.Proxy
	lanes   []lane
	chance  float64 // of a bad lane

	mu    sync.Mutex
	luck  *rand.Rand
	stuck int   // the lane of a burst
	burst int   // what is left of it
	used  []int // connections by lane

	conns, bodies atomic.Int64 // open ones
	transport     *http.Transport
}

// newNetwork puts a proxy for each lane in front of the address. The first lane is a good one.
func newNetwork(t *testing.T, upstream string, seed uint64, chance float64, bad ...lane) *network {
	t.Helper()
	n := &network{
		lanes:  append([]lane{{name: "good"}}, bad...),
		chance: chance,
		luck:   rand.New(rand.NewPCG(seed, 1)),
	}
	n.used = make([]int, len(n.lanes))
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	for _, l := range n.lanes {
		proxy := toxiproxy.NewProxy(server, l.name, "127.0.0.1:0", upstream)
		n.proxies = append(n.proxies, proxy)
		for _, text := range l.toxics {
			if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
				t.Fatalf("%s: %v", l.name, err)
			}
		}
		if l.dead {
			continue
		}
		if err := proxy.Start(); err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
	}
	n.transport = &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 100}
	return n
}

// dial makes a connection over the next lane.
func (n *network) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	i := n.choose()
	address := n.proxies[i].Listen
	if n.lanes[i].dead {
		address = "127.0.0.1:1" // nothing listens there
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	n.conns.Add(1)
	return &countedConn{Conn: conn, open: &n.conns}, nil
}

// choose returns the lane of the next connection.
func (n *network) choose() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	i := 0
	switch {
	case n.burst > 0:
		i = n.stuck
		n.burst--
	case n.luck.Float64() < n.chance:
		i = 1 + n.luck.IntN(len(n.lanes)-1)
		n.stuck, n.burst = i, n.lanes[i].burst
	}
	n.used[i]++
	return i
}

// markHeader tells the fake's journal which call a request belongs to. It is in the context as markKey's value.
const markHeader = "X-Mark"

type markKey struct{}

// RoundTrip sends a request. A third of them close their connection, so that new ones are made all the time.
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	n.mu.Lock()
	last := n.luck.IntN(3) == 0
	n.mu.Unlock()
	req = req.Clone(req.Context())
	req.Header.Set(markHeader, req.Context().Value(markKey{}).(string))
	req.Close = last
	resp, err := n.transport.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	n.bodies.Add(1)
	resp.Body = &countedBody{ReadCloser: resp.Body, open: &n.bodies}
	return resp, nil
}

// close takes the network down.
func (n *network) close() {
	n.transport.CloseIdleConnections()
	for _, p := range n.proxies {
		p.Stop()
	}
}

type countedConn struct {
	net.Conn
	open *atomic.Int64
	once sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

type countedBody struct {
	io.ReadCloser
	open *atomic.Int64
	once sync.Once
}

func (b *countedBody) Close() error {
	b.once.Do(func() { b.open.Add(-1) })
	return b.ReadCloser.Close()
}
