//! Paths of Go heaps; blanks in names are `+`.

type Case = (&'static str, &'static str, &'static str);

pub(super) const CASES: &[Case] = &[
    (
        "go global main.buffers: sync.Pool -local- []sync.poolLocal -[0]- []uint8",
        "go-sync-pool",
        "[]sync.poolLocal#[0]",
    ),
    ("go global sync.allPools: []*sync.Pool -[3]- bytes.Buffer", "go-pools", "global sync.allPools"),
    ("go finalizer: main.Node -peer- main.Node -blob- []uint8", "go-finalizer", "finalizer"),
    (
        "go global main.root: context.cancelCtx -children- map[context.canceler]struct+{} -key- context.cancelCtx",
        "go-context",
        "context.cancelCtx#children",
    ),
    (
        "go goroutine 7 main.serve local ctx: context.valueCtx -val- main.Request",
        "go-context-value",
        "context.valueCtx#val",
    ),
    ("go global main.last: time.Ticker -r.arg- chan+time.Time", "go-timer", "time.Ticker#r.arg"),
    (
        "go global main.bus: main.Bus -queue- chan+*main.Event -[9]- main.Event -Payload- []uint8",
        "go-channel-backlog",
        "chan+*main.Event#[9]",
    ),
    (
        "go goroutine 9 main.all defer: func+main.all.func1 -f- main.File",
        "go-deferred",
        "goroutine 9 main.all defer",
    ),
    (
        "go goroutine 9 main.all local d: runtime._defer -fn- func+main.all.func1 -f- main.File",
        "go-defer",
        "runtime._defer#fn",
    ),
    (
        "go global main.onExit: []func()+int -[3]- func+main.register.func1 -r- main.Report -rows- [][4]int64",
        "go-closure",
        "func+main.register.func1#r",
    ),
    (
        "go goroutine 17 main.handle local req: main.Request -Body- []uint8",
        "go-goroutine",
        "goroutine 17 main.handle local req",
    ),
    (
        "go global main.sessions: map[string]*main.Session -value- main.Session -Profile- main.Profile -Avatar- []uint8",
        "go-global-map",
        "global main.sessions",
    ),
    (
        "go global github.com/acme/shop/cart.all: []*cart.Line -[3]- cart.Line",
        "go-global",
        "global github.com/acme/shop/cart.all",
    ),
    ("go none: main.Cleaned", "go-held-by-nothing-visible", "none"),
];
