// Fills a small heap with what Go programs have, and writes the heap dump of the process to the file named first.
//
// `make_go_dumps.py` builds and runs it; what the dump must show is in `testdata/dumps/shop-*.truth.json`.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// Base is embedded in other types.
type Base struct {
	ID   int64
	Name string
}

// Address is held by value.
type Address struct {
	Street string
	Zip    uint32
}

// Profile is held by pointer.
type Profile struct {
	Base
	Mail   string
	Avatar []byte
	Rate   float64
}

// Session is what the shop has many of.
type Session struct {
	Base
	Home    Address
	Profile *Profile
	Tags    []string
	Active  bool
	Any     any
	Next    *Session
}

// Shape has two implementations.
type Shape interface{ Area() float64 }

// Square is one of them; with its label it is too large to share a slot with other objects.
type Square struct {
	Side  float64
	Label *string
}

// Area is the side squared.
func (s *Square) Area() float64 { return s.Side * s.Side }

// Resource has a finalizer, and a partner that only it reaches.
type Resource struct {
	partner *Resource
	data    [400]byte
}

var (
	sessions = map[string]*Session{}
	small    = map[int32]string{}
	byWeight = map[float64]Address{}
	shapes   []Shape
	chain    *Session
	window   []byte
	jobs     = make(chan *Profile, 8)
	handlers []func() int
	ready    = make(chan bool)
	escaped  *Profile
)

const count = 300

func main() {
	fill()
	for i := 0; i < 5; i++ {
		go worker(i, make(chan int))
	}
	for i := 0; i < 5; i++ {
		<-ready
	}
	runtime.GC()
	runtime.GC()
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.WriteHeapDump(file.Fd())
	runtime.KeepAlive(sessions)
}

func fill() {
	for i := 0; i < count; i++ {
		name := "user-" + strconv.Itoa(1000+i)
		profile := &Profile{Base: Base{int64(i), name}, Mail: name + "@example.com", Rate: float64(i) / 4}
		profile.Avatar = make([]byte, 100, 160)
		session := &Session{Base: Base{int64(-i), name}, Profile: profile, Active: i%2 == 0, Next: chain}
		session.Home = Address{"street " + strconv.Itoa(i), uint32(10000 + i)}
		session.Tags = make([]string, i%4, 4)
		for j := range session.Tags {
			session.Tags[j] = "tag" + strconv.Itoa(j) + " of " + name
		}
		session.Any = &Square{Side: float64(i)}
		sessions[name] = session
		chain = session
		shapes = append(shapes, &Square{Side: float64(i)})
	}
	for i := int32(0); i < 5; i++ {
		small[i] = "number " + strconv.Itoa(int(i))
		byWeight[float64(i)/2] = Address{"weight " + strconv.Itoa(int(i)), uint32(i)}
		jobs <- &Profile{Base: Base{int64(i), "job " + strconv.Itoa(int(i))}}
	}
	buffer := make([]byte, 65536)
	window = buffer[1000:1016]
	for i := 0; i < 3; i++ {
		captured := &Profile{Base: Base{int64(i), "captured " + strconv.Itoa(i)}}
		handlers = append(handlers, func() int { return int(captured.ID) })
	}
	one, two := &Resource{}, &Resource{}
	one.partner, two.partner = two, one
	runtime.SetFinalizer(one, func(*Resource) {})
}

//go:noinline
func worker(number int, done chan int) {
	local := &Profile{Base: Base{int64(number), "of worker " + strconv.Itoa(number)}, Mail: "worker " + strconv.Itoa(number)}
	escaped = local
	escaped = nil
	ready <- true
	<-done
	runtime.KeepAlive(local)
}
