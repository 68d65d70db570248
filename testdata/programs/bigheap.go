// Fills a large heap with lists, maps, trees and goroutines, and writes the heap dump of the process.
//
// go run bigheap.go FILE MILLIONS: about 20 million objects and 1 GB with 3.
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
)

// Node is a link of long lists.
type Node struct {
	next  *Node
	value *Value
	audit *Audit
}

// Value hangs on every node.
type Value struct {
	a, b int64
}

// Audit hangs on every tenth node.
type Audit struct {
	who  string
	when int64
	tags []string
}

// Tree is a binary tree.
type Tree struct {
	left, right *Tree
	key         int64
}

var (
	lists   []*Node
	byName  = map[string]*Audit{}
	byID    = map[int64]*Value{}
	forest  []*Tree
	pending = make(chan bool)
)

func tree(depth int, key int64) *Tree {
	if depth == 0 {
		return &Tree{key: key}
	}
	return &Tree{tree(depth-1, 2*key), tree(depth-1, 2*key+1), key}
}

func main() {
	millions, _ := strconv.Atoi(os.Args[2])
	for list := 0; list < 2*millions; list++ {
		var head *Node
		for i := 0; i < 1_000_000; i++ {
			head = &Node{next: head, value: &Value{int64(i), int64(list)}}
			if i%10 == 0 {
				head.audit = &Audit{who: "user " + strconv.Itoa(i), when: int64(i)}
			}
			if i%1000 == 0 {
				byName[head.audit.who+" of "+strconv.Itoa(list)] = head.audit
				byID[int64(list*1_000_000+i)] = head.value
			}
		}
		lists = append(lists, head)
	}
	for i := 0; i < 8*millions; i++ {
		forest = append(forest, tree(16, int64(i)))
	}
	for i := 0; i < 3000*millions; i++ {
		buffer := make([]int64, 100)
		go func() {
			<-pending
			fmt.Println(buffer[0])
		}()
	}
	runtime.GC()
	runtime.GC()
	file, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	debug.WriteHeapDump(file.Fd())
	fmt.Fprintln(os.Stderr, len(lists), len(byName), len(byID))
}
