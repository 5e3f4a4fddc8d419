// Package faults holds the tests that put a bad network between the client and the fake, and then ask the fake what
// really happened. The network is toxiproxy, in this process, over loopback TCP.
//
// It is a module of its own so that users of the client do not download a proxy. Beside it, package leaks checks that
// nothing is left running, and the soak command puts minutes of mixed load on all parts at once.
//
//	go -C tests/faults test ./...                                    as in every change's checks
//	go -C tests/faults test -run TestEverythingAtRandom . -calls 20000   the whole load
//	go -C tests/faults run ./soak -for 10m                           see the command's own documentation
package faults
