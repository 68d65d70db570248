package leaks;

import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import java.beans.PropertyChangeSupport;
import java.io.*;
import java.lang.management.ManagementFactory;
import java.lang.ref.Cleaner;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.security.AccessControlContext;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.security.ProtectionDomain;
import java.util.*;
import java.util.concurrent.*;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.NotificationListener;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/**
 * A process with one leak of every kind: it prints for each which objects leak, and which rule at which reference should
 * explain them, as JSON, then waits to be dumped.
 *
 * What leaks has a class of its own for each kind, so that a dump tells by the class. `expect` takes it, or fields to go
 * from it (`Class#field#field`, `static Class#field`), the rule, and `Class#field` of the reference that nobody wrote on
 * purpose (or some with `|` between: not all of them are held alike; `*` is any text).
 */
public class Leaks {
    static final CountDownLatch NEVER = new CountDownLatch(1);
    static final List<String> EXPECTED = new ArrayList<>();
    static final int MANY = 60, FEW = 3;

    public static void main(String[] args) throws Exception {
        threadLocals();
        registries();
        captures();
        queues();
        listeners();
        references();
        stacks();
        loaders();
        chains();
        views();
        collections();
        System.gc();
        Thread.sleep(500);
        System.out.println("[" + String.join(", ", EXPECTED) + "]");
        System.out.println("ready");
        NEVER.await();
    }

    static void expect(Class<?> leaked, String rule, String edge) {
        expect(leaked.getName(), rule, edge);
    }

    static void expect(String leaked, String rule, String edge) {
        EXPECTED.add(String.format("{\"leaked\": \"%s\", \"rule\": \"%s\", \"edge\": \"%s\"}", leaked, rule, edge));
    }

    static String in(Class<?> owner, String field) {
        return owner.getName() + "#" + field;
    }

    static int jdk() {
        return Runtime.version().feature();
    }

    /** Runs in a thread that never ends; waits until it stands. */
    static void forEver(String name, Runnable task) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Thread thread = new Thread(new Forever(task, running), name);
        thread.setDaemon(true);
        thread.start();
        running.await();
    }

    static class Forever implements Runnable {
        private Runnable task;
        private final CountDownLatch running;

        Forever(Runnable task, CountDownLatch running) {
            this.task = task;
            this.running = running;
        }

        @Override
        public void run() {
            Runnable now = task;
            task = null;
            now.run();
            now = null;
            running.countDown();
            sleep();
        }
    }

    static void sleep() {
        try {
            NEVER.await();
        } catch (InterruptedException wanted) {
            Thread.currentThread().interrupt();
        }
    }

    // Thread locals.

    static class Kept { final List<Payload> seen = payloads(); }
    static class Payload { }
    static class Stale { }
    static class Inherited { }
    static final ThreadLocal<Kept> KEPT = new ThreadLocal<>();
    static final InheritableThreadLocal<Inherited> INHERITED = new InheritableThreadLocal<>();

    static List<Payload> payloads() {
        List<Payload> list = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            list.add(new Payload());
        }
        return list;
    }

    static void threadLocals() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(1, Leaks::daemon);
        pool.submit(new SetLocal()).get();
        forEver("stale", new SetStale());
        INHERITED.set(new Inherited());
        forEver("heir", new Idle());
        INHERITED.remove();
        String value = "java.lang.ThreadLocal$ThreadLocalMap$Entry#value";
        expect(Payload.class, "thread-local", value);
        expect(Stale.class, "stale-thread-local", value);
        expect(Inherited.class, "inheritable-thread-local", value);
    }

    static Thread daemon(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    }

    static class Idle implements Runnable {
        @Override public void run() { }
    }

    static class SetLocal implements Runnable {
        @Override public void run() { KEPT.set(new Kept()); }
    }

    static class SetStale implements Runnable {
        @Override public void run() { new ThreadLocal<Stale>().set(new Stale()); }
    }

    // Registries of the runtime.

    static class Hooked extends Thread { final byte[] page = new byte[100]; }
    static class Managed { }
    public interface ViewMBean { int getCount(); }
    static class View implements ViewMBean {
        final Managed managed = new Managed();
        @Override public int getCount() { return 1; }
    }
    static class Logged extends Handler {
        @Override public void publish(LogRecord record) { }
        @Override public void flush() { }
        @Override public void close() { }
    }
    static final Logger LOGGER = Logger.getLogger("leaks");

    static void registries() throws Exception {
        for (int i = 0; i < FEW; i++) {
            Runtime.getRuntime().addShutdownHook(new Hooked());
            ObjectName name = new ObjectName("leaks:type=View,name=" + i);
            ManagementFactory.getPlatformMBeanServer().registerMBean(new View(), name);
            LOGGER.addHandler(new Logged());
            new File("/tmp/leaks-" + i).deleteOnExit();
        }
        expect(Hooked.class, "shutdown-hook", "java.lang.ApplicationShutdownHooks#hooks");
        expect(Managed.class, "jmx", "com.sun.jmx.mbeanserver.NamedObject#object");
        String handlers = jdk() > 8 ? "java.util.logging.Logger$ConfigurationData" : "java.util.logging.Logger";
        expect(Logged.class, "log-handler", handlers + "#handlers");
        expect("static java.io.DeleteOnExitHook#files#map#head#key", "delete-on-exit", "java.io.DeleteOnExitHook#files");
    }

    // What inner classes, lambdas and anonymous classes capture.

    static class Around {
        final byte[] page = new byte[100];
        class Inner { int at = page.length; }
    }
    static class ByLambda { int value; }
    static class ByAnonymous { int value; }
    static final List<Object> OPEN = new ArrayList<>();

    static void captures() {
        for (int i = 0; i < MANY; i++) {
            Around around = new Around();
            OPEN.add(around.new Inner());
            ByLambda one = new ByLambda();
            OPEN.add((Runnable) () -> System.out.println(one.value));
            ByAnonymous other = new ByAnonymous();
            OPEN.add(new Object() {
                @Override public String toString() { return "" + other.value; }
            });
        }
        expect(Around.class, "inner-class", in(Around.Inner.class, "this$0"));
        expect(ByLambda.class, "lambda-capture", "leaks.Leaks$$Lambda*#arg$1");
        expect(ByAnonymous.class, "lambda-capture", "leaks.Leaks$1#val$other");
    }

    // Queues of executors and timers, and of the program's own.

    static class Job implements Runnable {
        @Override public void run() { }
    }
    static class Queued extends Job { }
    static class Scheduled extends Job { }
    static class Forked extends Job { }
    static class Waiting { }
    static class Timed extends TimerTask {
        @Override public void run() { }
    }
    static class Blocked implements Runnable {
        @Override public void run() { Leaks.sleep(); }
    }
    static class Mailbox { final BlockingQueue<Waiting> letters = new LinkedBlockingQueue<>(); }
    static final Mailbox MAILBOX = new Mailbox();
    static final ExecutorService FULL = Executors.newFixedThreadPool(1, Leaks::daemon);
    static final ForkJoinPool FORKS = new ForkJoinPool(1);
    static final ScheduledExecutorService LATER = Executors.newScheduledThreadPool(1, Leaks::daemon);
    static WeakReference<Future<?>> cancelled;

    static void queues() {
        FULL.execute(new Blocked());
        FORKS.execute(new Blocked());
        Timer timer = new Timer("timer", true);
        for (int i = 0; i < MANY; i++) {
            FULL.execute(new Queued());
            FORKS.execute(new Forked());
            LATER.schedule(new Scheduled(), 10, TimeUnit.DAYS);
            timer.schedule(new Timed(), 1_000_000_000L);
            MAILBOX.letters.add(new Waiting());
        }
        Future<?> future = LATER.schedule(new Job(), 20, TimeUnit.DAYS);
        future.cancel(false);
        cancelled = new WeakReference<>(future);
        String scheduled = "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue#queue";
        expect("static leaks.Leaks#cancelled#referent", "cancelled-task", scheduled);
        expect(Queued.class, "executor-queue", "java.util.concurrent.ThreadPoolExecutor#workQueue");
        expect(Forked.class, "executor-queue", "java.util.concurrent.ForkJoinTask[]#[]");
        expect(Scheduled.class, "scheduled-task", scheduled);
        expect(Timed.class, "timer-task", "java.util.TaskQueue#queue|java.util.TimerThread#<local>");
        expect(Waiting.class, "queue-backlog", in(Mailbox.class, "letters"));
    }

    // Listeners, observers, subscribers, dependents.

    static class Screen { }
    static class OnChange implements Consumer<String> {
        final Screen screen = new Screen();
        @Override public void accept(String text) { }
    }
    static class Model { private final List<Consumer<String>> listeners = new ArrayList<>(); }
    static class Observing implements Observer {
        @Override public void update(Observable of, Object how) { }
    }
    static class Dependent implements Consumer<Object> {
        @Override public void accept(Object value) { }
    }
    static class Item { }
    static class Noticing implements NotificationListener {
        @Override public void handleNotification(Notification notification, Object handback) { }
    }
    static class Watching implements PropertyChangeListener {
        @Override public void propertyChange(PropertyChangeEvent event) { }
    }
    static class Stuck implements Flow.Subscriber<Item> {
        @Override public void onSubscribe(Flow.Subscription to) { }
        @Override public void onNext(Item item) { }
        @Override public void onError(Throwable why) { }
        @Override public void onComplete() { }
    }
    static final Model MODEL = new Model();
    static final NotificationBroadcasterSupport EMITTER = new NotificationBroadcasterSupport();
    static final PropertyChangeSupport BEAN = new PropertyChangeSupport(MODEL);
    static final Observable OBSERVED = new Observable();
    static final CompletableFuture<Object> NOTHING = new CompletableFuture<>();
    static final SubmissionPublisher<Item> PUBLISHER = new SubmissionPublisher<>(FULL, 256);

    static void listeners() {
        PUBLISHER.subscribe(new Stuck());
        for (int i = 0; i < MANY; i++) {
            MODEL.listeners.add(new OnChange());
            OBSERVED.addObserver(new Observing());
            EMITTER.addNotificationListener(new Noticing(), null, null);
            BEAN.addPropertyChangeListener("price", new Watching());
            NOTHING.thenAccept(new Dependent());
            PUBLISHER.submit(new Item());
        }
        expect(Screen.class, "listener", in(Model.class, "listeners"));
        expect(Observing.class, "listener", "java.util.Observable#obs");
        expect(Noticing.class, "jmx-listener", "javax.management.NotificationBroadcasterSupport#listenerList");
        expect(Watching.class, "listener", "java.beans.PropertyChangeSupport#map");
        expect(Dependent.class, "future-dependents", "java.util.concurrent.CompletableFuture#stack");
        expect(Item.class, "publisher-backlog", "java.util.concurrent.SubmissionPublisher$BufferedSubscription#array");
        expect(Stuck.class, "publisher-subscription", "java.util.concurrent.SubmissionPublisher#clients");
    }

    // Reference objects.

    static class Finalized {
        @Override protected void finalize() throws Throwable { Leaks.sleep(); }
    }
    static class Cleaned { }
    static class Cleaning implements Runnable {
        final Cleaned of;
        Cleaning(Cleaned of) { this.of = of; }
        @Override public void run() { }
    }
    static class Softly { }
    static class Document { }
    static class Rendered {
        final Document of;
        Rendered(Document of) { this.of = of; }
    }
    static class Enqueued { }
    static class Tagged extends WeakReference<Object> {
        final Enqueued tag = new Enqueued();
        Tagged(ReferenceQueue<Object> queue) { super(new Object(), queue); }
    }
    static final List<SoftReference<Softly>> SOFT = new ArrayList<>();
    static final Map<Document, Rendered> RENDERED = new WeakHashMap<>();
    static final ReferenceQueue<Object> QUEUE = new ReferenceQueue<>();

    static void references() {
        Cleaner cleaner = Cleaner.create();
        List<Tagged> tagged = new ArrayList<>();
        for (int i = 0; i < FEW; i++) {
            new Finalized();
            Cleaned cleaned = new Cleaned();
            cleaner.register(cleaned, new Cleaning(cleaned));
            SOFT.add(new SoftReference<>(new Softly()));
            Document document = new Document();
            RENDERED.put(document, new Rendered(document));
            tagged.add(new Tagged(QUEUE));
        }
        System.gc();
        while (true) {
            if (tagged.stream().allMatch(Leaks::isEnqueued)) {
                break;
            }
            Thread.yield();
        }
        expect(Finalized.class, "finalizer-backlog",
                "java.lang.ref.Finalizer#referent|java.lang.ref.Finalizer$FinalizerThread#<local>");
        expect(Cleaned.class, "cleaner-action", "jdk.internal.ref.CleanerImpl$PhantomCleanableRef#action");
        expect(Softly.class, "soft-reference", "java.lang.ref.SoftReference#referent");
        expect(Document.class, "weak-map-value-holds-key", "java.util.WeakHashMap$Entry#value");
        expect(Enqueued.class, "reference-queue-backlog", "java.lang.ref.ReferenceQueue#head");
    }

    @SuppressWarnings("deprecation")
    static boolean isEnqueued(Tagged reference) {
        return reference.isEnqueued();
    }

    // Locals of threads that wait.

    static class Local { }
    static class Parked { }
    static class Deep { }
    static class Work { final Deep deep = new Deep(); }

    static class Endless extends Thread {
        @Override public void run() { Leaks.sleep(); }
    }
    static class Pool extends ThreadPoolExecutor {
        Pool() { super(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Leaks::daemon); }
    }

    static void stacks() throws Exception {
        for (int i = 0; i < FEW; i++) {
            Thread endless = new Endless();
            endless.setDaemon(true);
            endless.start();
            new Pool().submit(new Idle()).get();
            start("importer-" + i, Leaks::holdLocals);
            start("worker-" + i, Leaks::holdWork);
        }
        expect(Endless.class, "thread-leak", "thread");
        String worker = "java.util.concurrent.ThreadPoolExecutor$Worker#this$0|java.lang.Thread#<local>";
        expect(Pool.class, "executor-not-shut-down", worker);
        expect(Local.class, "stuck-thread", "java.lang.Thread#<local>");
        expect(Deep.class, "stuck-threads", "java.lang.Thread#<local>");
        if (jdk() >= 21) {
            for (int i = 0; i < FEW; i++) {
                CountDownLatch running = new CountDownLatch(1);
                Runnable task = new Park(running);
                Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
                running.await();
            }
            expect(Parked.class, "virtual-thread", "java.lang.VirtualThread#<local>");
        }
    }

    static void start(String name, Consumer<CountDownLatch> body) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Thread thread = new Thread(new Holding(body, running), name);
        thread.setDaemon(true);
        thread.start();
        running.await();
    }

    static class Holding implements Runnable {
        final Consumer<CountDownLatch> body;
        final CountDownLatch running;

        Holding(Consumer<CountDownLatch> body, CountDownLatch running) {
            this.body = body;
            this.running = running;
        }

        @Override public void run() { body.accept(running); }
    }

    static void holdLocals(CountDownLatch running) {
        List<Local> rows = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            rows.add(new Local());
        }
        running.countDown();
        sleep();
        System.out.println(rows);
    }

    static void holdWork(CountDownLatch running) {
        Work work = new Work();
        running.countDown();
        sleep();
        System.out.println(work);
    }

    static class Park implements Runnable {
        final CountDownLatch running;
        Park(CountDownLatch running) { this.running = running; }

        @Override
        public void run() {
            List<Parked> inbox = new ArrayList<>(List.of(new Parked(), new Parked()));
            running.countDown();
            Leaks.sleep();
            System.out.println(inbox);
        }
    }

    // Class loaders.

    static class PluginLoader extends ClassLoader {
        PluginLoader() { super(Leaks.class.getClassLoader()); }

        Class<?> plugin(Class<?> like) throws IOException {
            String name = like.getName();
            try (InputStream in = Leaks.class.getResourceAsStream(name.substring(name.indexOf('.') + 1) + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            }
        }
    }
    static class OfInstance extends PluginLoader { }
    static class OfThread extends PluginLoader { }
    static class OfDriver extends PluginLoader { }
    static class OfContext extends PluginLoader { }
    static class Plugin { }
    public static class AcmeDriver implements java.sql.Driver {
        public AcmeDriver() { }
        @Override public java.sql.Connection connect(String url, Properties info) { return null; }
        @Override public boolean acceptsURL(String url) { return false; }
        @Override public java.sql.DriverPropertyInfo[] getPropertyInfo(String url, Properties info) { return null; }
        @Override public int getMajorVersion() { return 1; }
        @Override public int getMinorVersion() { return 0; }
        @Override public boolean jdbcCompliant() { return false; }
        @Override public Logger getParentLogger() { return null; }
    }
    static final List<Object> PLUGINS = new ArrayList<>();

    static void loaders() throws Exception {
        for (int i = 0; i < FEW; i++) {
            PLUGINS.add(make(new OfInstance().plugin(Plugin.class)));
            Thread thread = new Thread(new Blocked(), "with loader " + i);
            thread.setDaemon(true);
            thread.setContextClassLoader(new OfThread());
            thread.start();
            java.sql.DriverManager.registerDriver((java.sql.Driver) make(new OfDriver().plugin(AcmeDriver.class)));
        }
        if (jdk() < 24) {
            startedBy(new OfContext());
            expect(OfContext.class, "access-control-context", "java.security.AccessControlContext#context");
        }
        expect(OfInstance.class, "class-loader", "leaks.Leaks$Plugin#<class>");
        expect(OfThread.class, "context-class-loader", "java.lang.Thread#contextClassLoader");
        expect(OfDriver.class, "jdbc-driver", "leaks.Leaks$AcmeDriver#<class>");
    }

    /** Starts a thread in code of a protection domain of this loader. */
    @SuppressWarnings({"deprecation", "removal"})
    static void startedBy(ClassLoader loader) {
        ProtectionDomain[] domains = {new ProtectionDomain(null, null, loader, null)};
        AccessController.doPrivileged((PrivilegedAction<Void>) () -> {
            daemon(new Blocked()).start();
            return null;
        }, new AccessControlContext(domains));
    }

    static Object make(Class<?> plugin) throws Exception {
        java.lang.reflect.Constructor<?> constructor = plugin.getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    // Exceptions and streams.

    static class Suppressed extends Exception {
        Suppressed() { super("again", null, false, false); }
    }
    static class Context { }
    static class Failure extends Exception {
        final Context context = new Context();
    }
    static class Written implements Serializable { }
    static final Exception FIRST = new Exception("first");
    static final List<Exception> FAILURES = new ArrayList<>();
    static ObjectOutputStream out;

    static void chains() throws Exception {
        out = new ObjectOutputStream(OutputStream.nullOutputStream());
        for (int i = 0; i < MANY; i++) {
            FIRST.addSuppressed(new Suppressed());
            FAILURES.add(new Failure());
            out.writeObject(new Written());
        }
        expect(Suppressed.class, "suppressed-exceptions", "java.lang.Exception#suppressedExceptions");
        expect(Context.class, "kept-exception", in(Failure.class, "context"));
        expect(Written.class, "stream-handles", "java.io.ObjectOutputStream#handles");
    }

    // Views of something large, and what lies outside the heap.

    static class Large { }
    static class Slice { final ByteBuffer bytes = ByteBuffer.allocate(100_000).position(10).limit(20).slice(); }
    static class OffHeap { final ByteBuffer bytes = ByteBuffer.allocateDirect(1_000); }
    static final List<Large> TOP = large().subList(0, 2);
    static final List<Slice> SLICES = new ArrayList<>();
    static final List<OffHeap> OFF_HEAP = new ArrayList<>();

    static List<Large> large() {
        List<Large> all = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            all.add(new Large());
        }
        return all;
    }

    static void views() {
        for (int i = 0; i < FEW; i++) {
            SLICES.add(new Slice());
            OFF_HEAP.add(new OffHeap());
        }
        expect(Large.class, "small-view", "java.util.ArrayList$SubList#" + (jdk() > 8 ? "root" : "parent"));
        expect(in(Slice.class, "bytes") + "#hb", "small-view", "java.nio.HeapByteBuffer#hb");
        expect(in(OffHeap.class, "bytes"), "direct-buffer", in(OffHeap.class, "bytes"));
    }

    // Collections that only grow, and those that are bounded.

    static class Cached { }
    static class Quote { }
    static class Registered { }
    static class Bounded { }
    static class Limited { }
    static class Sound { }
    static class Lost { }
    static class AllLost { }
    static class Reported extends Key {
        Reported(String host, int port) { super(host, port); }
    }
    static class Row {
        final String country;
        Row(String country) { this.country = country; }
    }
    static class Key {
        final String host;
        int port;
        Key(String host, int port) {
            this.host = host;
            this.port = port;
        }
        @Override public int hashCode() { return Objects.hash(host, port); }
        @Override public boolean equals(Object o) {
            return o instanceof Key && ((Key) o).host.equals(host) && ((Key) o).port == port;
        }
    }
    static class Service { final Map<Integer, Registered> users = new HashMap<>(); }
    static class Lru<K, V> extends LinkedHashMap<K, V> {
        Lru() { super(16, 0.75f, true); }
        @Override protected boolean removeEldestEntry(Map.Entry<K, V> eldest) { return size() > MANY; }
    }
    static final Map<Integer, Quote> QUOTE_CACHE = new ConcurrentHashMap<>();
    static final List<Cached> ALL = new ArrayList<>();
    static final Map<Integer, Bounded> LRU = new Lru<>();
    static final Queue<Limited> LIMITED = new ArrayBlockingQueue<>(MANY);
    static final Map<Key, Object> POOL = new HashMap<>();
    static final Map<Key, Object> SHARED = new ConcurrentHashMap<>();
    static final Set<Key> KEYS = new HashSet<>();
    static final List<Row> ROWS = new ArrayList<>();
    static final Service SERVICE = new Service();

    static void collections() {
        for (int i = 0; i < MANY; i++) {
            QUOTE_CACHE.put(i, new Quote());
            ALL.add(new Cached());
            LRU.put(i, new Bounded());
            LIMITED.add(new Limited());
            SERVICE.users.put(i, new Registered());
            ROWS.add(new Row(new String("country " + i % 4)));
            POOL.put(new Key("sound" + i, i), new Sound());
            Key key = new Key("host" + i, i);
            POOL.put(key, new Lost());
            key.port = 5433;
            Key failed = new Key("db" + i, 5432);
            SHARED.put(failed, new AllLost());
            failed.port = 5433;
            Key reported = new Reported("at" + i, i);
            KEYS.add(reported);
            reported.port = -1;
        }
        expect(Quote.class, "static-cache", in(Leaks.class, "QUOTE_CACHE"));
        expect(Cached.class, "static-collection", in(Leaks.class, "ALL"));
        expect(Sound.class, "static-collection", in(Leaks.class, "POOL"));
        expect(Registered.class, "growing-collection", in(Service.class, "users"));
        expect(Bounded.class, "bounded-cache", in(Leaks.class, "LRU"));
        expect(Limited.class, "bounded-cache", in(Leaks.class, "LIMITED"));
        expect(AllLost.class, "changed-key", "java.util.concurrent.ConcurrentHashMap$Node#val");
        expect(Reported.class, "changed-key", "java.util.HashMap$Node#key");
        expect(Lost.class, "changed-key", "java.util.HashMap$Node#value");
        expect(in(Row.class, "country"), "duplicate-strings", in(Row.class, "country"));
    }
}
