module github.com/selgora/selgora-go/examples/caching

go 1.26.0

require (
	github.com/hashicorp/golang-lru/v2 v2.0.7
	github.com/selgora/selgora-go v0.0.0
)

require (
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.8 // indirect
	golang.org/x/time v0.16.0 // indirect
)

replace github.com/selgora/selgora-go => ../..
