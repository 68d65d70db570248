//! Paths of Go heaps; blanks in names are `+`.

type Case = (&'static str, &'static str, &'static str);

pub(super) const CASES: &[Case] = &[
    (
        "go global main.buffers.local: []sync.poolLocal -[0].poolLocalInternal.private- []uint8",
        "go-sync-pool",
        "[]sync.poolLocal#[0].poolLocalInternal.private",
    ),
    ("go global sync.allPools: []*sync.Pool -[3]- bytes.Buffer", "go-pools", "global sync.allPools"),
    (
        "go finalizer of the object at 0x1aae: main.Node -peer- main.Node -blob- []uint8",
        "go-finalizer",
        "finalizer of the object at 0x1aae",
    ),
    (
        "go global main.root: context.cancelCtx -children- map[context.canceler]struct+{} -dirPtr- \
         group<context.canceler,struct+{}> -slots[3].key- context.cancelCtx",
        "go-context",
        "context.cancelCtx#children",
    ),
    (
        "go goroutine: runtime.g*90 -<local+ctx+of+main.serve>- context.valueCtx*90 -val- main.Request*90",
        "go-context-value",
        "context.valueCtx#val",
    ),
    ("go global main.last: time.Ticker*1 -C- chan+time.Time", "go-timer", "time.Ticker#C"),
    (
        "go global main.bus: main.Bus*1 -queue- chan+*main.Event -buf- []*main.Event -[44]- main.Event -Payload- []uint8",
        "go-channel-backlog",
        "chan+*main.Event#buf",
    ),
    (
        "go goroutine: runtime.g -_defer- runtime._defer -link- runtime._defer -fn- func+main.all.deferwrap1 -f- main.File",
        "go-defer",
        "runtime._defer#fn",
    ),
    ("go defer: func+main.all.func1 -f- main.File", "go-deferred", "defer"),
    ("go panic: main.Failure -request- main.Request", "go-panic", "panic"),
    (
        "go global main.onExit: []func()+int*1 -[612]- func+main.register.func1 -r- main.Report -rows- [][4]int64",
        "go-closure",
        "func+main.register.func1#r",
    ),
    (
        "go goroutine: runtime.g*1010 -<local+req+of+main.handle>- main.Request -Body- []uint8",
        "go-goroutine",
        "runtime.g#<local+req+of+main.handle>",
    ),
    ("go goroutine frame: main.Request -Body- []uint8", "go-goroutine-frame", "goroutine frame"),
    (
        "go global main.sessions: map[string]*main.Session*1 -dirPtr- []*table<string,*main.Session>*1 -[1]- \
         table<string,*main.Session>*4 -groups.data- []group<string,*main.Session>*4 -[55].slots[4].elem- main.Session \
         -Profile- main.Profile -Avatar- []uint8",
        "go-global-map",
        "global main.sessions",
    ),
    (
        "go global github.com/acme/shop/cart.all: []*github.com/acme/shop/cart.Line*1 -[3]- github.com/acme/shop/cart.Line",
        "go-global-slice",
        "global github.com/acme/shop/cart.all",
    ),
    (
        "go global main.ledger: main.Ledger*1 -orders- []*main.Order*1 -[0]- main.Order -Lines- []main.Line",
        "go-growing-collection",
        "main.Ledger#orders",
    ),
    (
        "go goroutine: runtime.g*8 -<local+rows+of+main.load>- []*main.Row*2 -[17]- main.Row",
        "go-stack-local",
        "runtime.g#<local+rows+of+main.load>",
    ),
    ("go global main.config: main.Config*1 -Name- string*1", "go-global", "global main.config"),
    ("go none: main.Cleaned", "go-held-by-nothing-visible", "none"),
];
