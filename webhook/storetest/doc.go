// Package storetest checks that a [webhook.Store] keeps the promises on which
// the receiver's deduplication rests. Call [Run] from a test of your store:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, storetest.Config{
//			New: func(t testing.TB) webhook.Store { return NewStore(t, redisURL) },
//		})
//	}
package storetest
