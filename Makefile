# make test   every test; installs what real-component tests need where it can
# make bench  the figures of docs/benchmarks.md, beside public tools
# make detection  the figures of docs/detection-measured.md, over generated accounts
# make lint   go vet, golangci-lint, govulncheck where they are there
# make build  one static binary; make cross for every platform

GO ?= go
export CGO_ENABLED = 0

.PHONY: build cross test race fuzz bench detection lint tools golden

build:
	$(GO) build -trimpath -o keytrail ./cmd/keytrail

cross:
	for os in linux darwin windows; do for arch in amd64 arm64; do \
		echo "$$os/$$arch"; GOOS=$$os GOARCH=$$arch $(GO) build -trimpath -o /dev/null ./cmd/keytrail || exit 1; done; done

# A busy machine can take several times as long as a free one.
TEST_TIMEOUT ?= 20m

test: tools
	$(GO) vet ./...
	$(GO) test -timeout $(TEST_TIMEOUT) ./...
	$(MAKE) --no-print-directory race

# The race detector needs cgo and a C compiler. SQLite, which is C turned into Go, is left out: three quarters of the time went
# there, and there is nothing of ours in it.
race:
	@if command -v cc >/dev/null; then CGO_ENABLED=1 $(GO) test -race -gcflags='modernc.org/sqlite/lib=-race=false -d=checkptr=0' -short -timeout $(TEST_TIMEOUT) ./forensics/... ./export/... ./tui/...; \
	else echo "NOT RUN: race detector (no C compiler on this machine)"; fi

# Installs what the real-component tests run against, where this user may, and says
# loudly what is missing where not.
tools:
	@sh .ci/tools

FUZZTIME ?= 30s
fuzz:
	@sh .ci/fuzz $(FUZZTIME)

bench:
	@sh .ci/bench

# The table of docs/detection-measured.md, over generated accounts whose truth is known.
DETECTION_CASES ?= 1000
DETECTION_SEED ?= 7000000
detection:
	$(GO) test ./forensics/incident/attacktest -run TestRecall -count=1 -timeout 30m -v -args -cases $(DETECTION_CASES) -seed $(DETECTION_SEED) -table

lint:
	$(GO) vet ./...
	@if command -v golangci-lint >/dev/null; then golangci-lint run; else echo "NOT RUN: golangci-lint (not installed)"; fi
	@if command -v govulncheck >/dev/null; then govulncheck ./...; else echo "NOT RUN: govulncheck (not installed)"; fi

golden:
	$(GO) test ./tui/... -update
