// A broker with a leak, dumped before and after some orders: `quotes DIRECTORY`.
//
// Each order asks three suppliers and takes the first answer; the other two wait for ever for somebody to receive
// theirs, with the order that they answer. Sessions come and go as they should.
package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"
)

// Order is what a customer wants.
type Order struct {
	Number  int
	Article string
	Notes   []byte
}

// Quote is a supplier's answer.
type Quote struct {
	Order    *Order
	Supplier string
	Cents    int
}

// Session is open for some time.
type Session struct {
	Number int
	Pages  []string
}

var sessions = map[int]*Session{}

func main() {
	for number := range 100 {
		sessions[number-100] = &Session{Number: number - 100, Pages: []string{"/", "/quotes"}}
	}
	serve(0, 10)
	dump(os.Args[1] + "/quotes-before.heapdump")
	serve(10, 500)
	dump(os.Args[1] + "/quotes-after.heapdump")
}

func serve(first, orders int) {
	for number := first; number < first+orders; number++ {
		delete(sessions, number-100)
		sessions[number] = &Session{Number: number, Pages: []string{"/", "/quotes"}}
		best(&Order{Number: number, Article: "screw", Notes: make([]byte, 300)})
	}
}

// best returns the first answer.
func best(order *Order) *Quote {
	answers := make(chan *Quote)
	for _, supplier := range []string{"acme", "bolt", "core"} {
		go ask(supplier, order, answers)
	}
	return <-answers
}

// ask is too small not to be inlined, which one that goes over a network is not.
//
//go:noinline
func ask(supplier string, order *Order, answers chan<- *Quote) {
	answers <- &Quote{Order: order, Supplier: supplier, Cents: 100 + order.Number%7*len(supplier)}
}

// dump waits until every goroutine stands where it stays.
func dump(path string) {
	time.Sleep(200 * time.Millisecond)
	file, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	runtime.GC()
	runtime.GC()
	debug.WriteHeapDump(file.Fd())
	if err := file.Close(); err != nil {
		panic(err)
	}
}
