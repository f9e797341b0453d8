package rule

// Cache keeps what is known of texts and addresses from one account to the next. It belongs to one goroutine.
type Cache struct{}

// NewCache makes an empty cache.
func NewCache() *Cache { return &Cache{} }
