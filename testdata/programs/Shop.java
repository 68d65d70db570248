package shop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.*;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * A shop whose heap is known to the last object: it prints what it holds as JSON, then waits to be dumped.
 *
 * Every figure printed is a fact about objects of this program (numbers, values), never about the JVM's own.
 */
public class Shop {
    static final int ORDERS = 1_000, CHAIN = 20_000, RING = 64, SESSIONS = 50, LISTENERS = 300;
    static final int BACKLOG = 40, PLUGINS = 2, PLUGIN_BLOCKS = 100, DEAD_PAIRS = 500, VIRTUAL = 10;
    static final CountDownLatch FOREVER = new CountDownLatch(1);
    static final Map<String, Object> TRUTH = new LinkedHashMap<>();

    static Shop shop;
    static final List<Runnable> EVENTS = new ArrayList<>();
    static final ThreadLocal<Session> SESSION = new ThreadLocal<>();
    static Object sink;

    public static void main(String[] args) throws Exception {
        Deque<String> waiting = new ArrayDeque<>(List.of("first in line", "second in line"));
        shop = new Shop();
        listeners();
        cashier("cashier-1", new long[] {1, 2, 3});
        cashier("cashier-é中", new long[] {4, 5, 6, 7});
        sessions();
        parked();
        backlog();
        shop.lost = new WeakReference<>(new Dead());
        System.gc();
        Thread.sleep(500);
        TRUTH.put("weak_cleared", shop.lost.get() == null);
        garbage();
        System.out.println(json(TRUTH));
        System.out.println("ready");
        FOREVER.await();
        System.out.println(waiting);
    }

    // Objects whose fields have every type.
    final Everything everything = new Everything();
    final Base leaf = new Leaf();

    // Shapes of graphs.
    final Top diamond = new Top();
    final Node ring = ring(RING);
    final Node chain = chain(CHAIN);
    final Node self = ring(1);
    final Object[] matrix = {new int[2][3], new String[] {"a", null, "c"}, new Object[0], new byte[5_000]};

    // Strings that a terminal must not get raw, and some of several scripts.
    final String[] texts = {
        "plain", "", "é à la carte", "Łódź", "北京", "Привет", "مرحبا", "🚀 Cape", "line\nbreak\ttab \"quote\" \\",
        "bell\u0007 escape\u001b[31mred\u001b[0m zero\u0000end", "lone \ud800 surrogate",
    };

    // Collections: name → collection.
    final Map<String, Object> collections = new LinkedHashMap<>();
    final Map<Integer, Order> orders = new HashMap<>();

    // References of each strength.
    final Object kept = new StringBuilder("kept by weak and phantom alike");
    final WeakReference<Object> weak = new WeakReference<>(kept);
    final SoftReference<Object> soft = new SoftReference<>(new byte[2_222]);
    final ReferenceQueue<Object> queue = new ReferenceQueue<>();
    final PhantomReference<Object> phantom = new PhantomReference<>(kept, queue);
    WeakReference<Object> lost;

    final List<Object> plugins = new ArrayList<>();
    final ByteBuffer direct = ByteBuffer.allocateDirect(4_321);
    final Class<?>[] classes = {int.class, void.class, String.class, int[].class, Color.class};
    final Color[] colors = Color.values();
    final List<Thread> threads = new ArrayList<>();

    Shop() throws Exception {
        orders();
        maps();
        lists();
        for (int i = 0; i < PLUGINS; i++) {
            plugins.add(plugin());
        }
        TRUTH.put("chain", CHAIN);
        TRUTH.put("ring", RING);
        // As UTF-16 code units: JSON readers reject a surrogate that stands alone.
        TRUTH.put("texts_utf16", Arrays.stream(texts).map(text -> text.chars().boxed().toList()).toList());
        TRUTH.put("plugin_classes", PLUGINS);
        TRUTH.put("plugin_blocks_of_1000_bytes", PLUGINS * PLUGIN_BLOCKS);
        TRUTH.put("direct_capacity", direct.capacity());
    }

    /** An instance of the class `shop.Plugin` of a loader of its own. */
    static Object plugin() throws ReflectiveOperationException {
        var constructor = new PluginLoader().loadClass("shop.Plugin").getDeclaredConstructor();
        constructor.setAccessible(true);
        return constructor.newInstance();
    }

    void orders() {
        long total = 0;
        for (int i = 0; i < ORDERS; i++) {
            Order order = new Order(i, "customer-" + i % 100, (i * 7_919L) % 10_000);
            orders.put(i, order);
            total += order.cents;
        }
        TRUTH.put("orders", ORDERS);
        TRUTH.put("orders_cents", total);
        TRUTH.put("orders_customers", 100);
    }

    void maps() {
        Map<String, Integer> words = new HashMap<>();
        for (int i = 0; i < 500; i++) {
            words.put("key-" + i, i);
        }
        Map<Object, Object> colliding = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            colliding.put(new SameHash(i), i);
        }
        add("HashMap", words, 500);
        add("HashMap.empty", new HashMap<>(), 0);
        add("HashMap.colliding", colliding, 100);
        add("LinkedHashMap", new LinkedHashMap<>(words), 500);
        add("TreeMap", new TreeMap<>(words), 500);
        add("ConcurrentHashMap", new ConcurrentHashMap<>(words), 500);
        add("ConcurrentSkipListMap", new ConcurrentSkipListMap<>(words), 500);
        add("Hashtable", new Hashtable<>(words), 500);
        add("IdentityHashMap", new IdentityHashMap<>(words), 500);
        add("WeakHashMap", new WeakHashMap<>(words), 500);
        add("EnumMap", new EnumMap<>(Map.of(Color.RED, "r", Color.BLUE, "b")), 2);
        add("Map.of", Map.of("one", 1, "two", 2, "three", 3), 3);
        add("Map.of.one", Map.of("one", 1), 1);
        add("Collections.unmodifiableMap", Collections.unmodifiableMap(words), 500);
        add("Collections.emptyMap", Collections.emptyMap(), 0);
    }

    void lists() {
        List<String> items = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            items.add("item-" + i);
        }
        add("ArrayList", items, 200);
        add("ArrayList.capacity.5000", new ArrayList<>(5_000), 0);
        add("LinkedList", new LinkedList<>(items), 200);
        add("ArrayDeque", new ArrayDeque<>(items), 200);
        add("PriorityQueue", new PriorityQueue<>(items), 200);
        add("Vector", new Vector<>(items), 200);
        add("CopyOnWriteArrayList", new CopyOnWriteArrayList<>(items), 200);
        add("HashSet", new HashSet<>(items), 200);
        add("LinkedHashSet", new LinkedHashSet<>(items), 200);
        add("TreeSet", new TreeSet<>(items), 200);
        add("List.of", List.of(1, 2, 3, 4), 4);
        add("List.of.one", List.of("one"), 1);
        add("Set.of", Set.of("s", "t", "u"), 3);
        add("Arrays.asList", Arrays.asList("p", "q"), 2);
        add("BitSet", BitSet.valueOf(new long[] {5, 0, 9}), 4);
    }

    @SuppressWarnings("unchecked")
    void add(String name, Object collection, int size) {
        collections.put(name, collection);
        ((Map<String, Object>) TRUTH.computeIfAbsent("collections", key -> new LinkedHashMap<>())).put(name, size);
    }

    /** Listeners that nobody removes: each holds a basket through its outer instance. */
    static void listeners() {
        for (int i = 0; i < LISTENERS; i++) {
            EVENTS.add(new Basket(i).listener());
        }
        TRUTH.put("listeners", LISTENERS);
    }

    /** A thread whose frame `serve` holds an array and a list. */
    static void cashier(String name, long[] till) throws InterruptedException {
        CountDownLatch serving = new CountDownLatch(1);
        Thread thread = new Thread(() -> serve(name, till, serving), name);
        thread.setDaemon(true);
        thread.start();
        shop.threads.add(thread);
        serving.await();
        names("threads").add(name);
    }

    static void serve(String name, long[] till, CountDownLatch serving) {
        List<String> receipts = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            receipts.add("receipt " + i + " of " + name);
        }
        serving.countDown();
        block();
        System.out.println(receipts.size() + till.length);
    }

    /** A thread with a thread-local session, which holds others. */
    static void sessions() throws InterruptedException {
        CountDownLatch set = new CountDownLatch(1);
        Thread thread = new Thread(() -> {
            Session session = null;
            for (int i = 0; i < SESSIONS; i++) {
                session = new Session(i, session);
            }
            SESSION.set(session);
            session = null;
            set.countDown();
            block();
        }, "session-keeper");
        thread.setDaemon(true);
        thread.start();
        set.await();
        names("threads").add("session-keeper");
        TRUTH.put("sessions", SESSIONS);
    }

    /** Virtual threads that wait, each with a parcel on its stack; on releases that have them. */
    static void parked() throws Exception {
        int started = 0;
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            var start = Class.forName("java.lang.Thread$Builder").getMethod("start", Runnable.class);
            for (; started < VIRTUAL; started++) {
                int number = started;
                shop.threads.add((Thread) start.invoke(builder, (Runnable) () -> deliver(new Parcel(number))));
            }
            Thread.sleep(300);
        } catch (NoSuchMethodException | UnsupportedOperationException older) {
            started = 0;
        }
        TRUTH.put("virtual_threads", started);
    }

    static void deliver(Parcel parcel) {
        block();
        System.out.println(parcel.number);
    }

    /** Objects that wait for a finalizer, since the finalizer of the first one never returns. */
    static void backlog() throws InterruptedException {
        new Stuck();
        System.gc();
        Stuck.ENTERED.await();
        for (int i = 0; i < BACKLOG; i++) {
            sink = new Finalizable(i);
        }
        sink = null;
        System.gc();
        TRUTH.put("finalizer_backlog", BACKLOG);
    }

    /** Pairs of dead objects that refer to each other. */
    static void garbage() {
        for (int i = 0; i < DEAD_PAIRS; i++) {
            Dead one = new Dead();
            one.other = new Dead();
            one.other.other = one;
            sink = one;
        }
        sink = null;
        TRUTH.put("dead_pairs", DEAD_PAIRS);
    }

    static void block() {
        try {
            FOREVER.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    static Node ring(int count) {
        Node first = new Node(0, null);
        Node last = first;
        for (int i = 1; i < count; i++) {
            last.next = new Node(i, null);
            last = last.next;
        }
        last.next = first;
        return first;
    }

    static Node chain(int count) {
        Node head = null;
        for (int i = 0; i < count; i++) {
            head = new Node(i, head);
        }
        return head;
    }

    @SuppressWarnings("unchecked")
    static List<Object> names(String key) {
        return (List<Object>) TRUTH.computeIfAbsent(key, unused -> new ArrayList<>());
    }

    static String json(Object value) {
        if (value instanceof Map<?, ?> map) {
            StringJoiner all = new StringJoiner(", ", "{", "}");
            map.forEach((key, of) -> all.add(json(key.toString()) + ": " + json(of)));
            return all.toString();
        }
        if (value instanceof List<?> list) {
            StringJoiner all = new StringJoiner(", ", "[", "]");
            list.forEach(of -> all.add(json(of)));
            return all.toString();
        }
        return value instanceof String text ? quoted(text) : String.valueOf(value);
    }

    static String quoted(String text) {
        StringBuilder out = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            boolean plain = c >= ' ' && c < 127 && c != '"' && c != '\\';
            out.append(plain ? String.valueOf(c) : String.format("\\u%04x", (int) c));
        }
        return out.append('"').toString();
    }

    static class Everything {
        boolean z = true;
        char c = 'ß';
        byte b = -7;
        short s = -300;
        int i = Integer.MIN_VALUE;
        long l = Long.MAX_VALUE;
        float f = 1.5f;
        double d = -0.25;
        Object nothing = null;
        static boolean staticZ = true;
        static long staticL = Long.MIN_VALUE;
        static double staticD = Math.PI;
        static String staticText = "a static text";
        static final int CONSTANT = 42;
    }

    /** `id` and `name` are fields of all three. */
    static class Base {
        int id = 1;
        private String name = "base";
    }

    static class Mid extends Base {
        int id = 2;
        private String name = "mid";
    }

    static class Leaf extends Mid {
        int id = 3;
        private String name = "leaf";
    }

    /** Top holds both arms, both arms hold the shared one: only the top retains it. */
    static class Top {
        final Shared shared = new Shared();
        final Arm left = new Arm(shared, 10_000);
        final Arm right = new Arm(shared, 20_000);
    }

    static class Arm {
        final Shared shared;
        final byte[] own;

        Arm(Shared shared, int bytes) {
            this.shared = shared;
            this.own = new byte[bytes];
        }
    }

    static class Shared {
        final byte[] big = new byte[100_000];
    }

    static class Node {
        final int number;
        Node next;

        Node(int number, Node next) {
            this.number = number;
            this.next = next;
        }
    }

    static class Order {
        final int number;
        final String customer;
        final long cents;

        Order(int number, String customer, long cents) {
            this.number = number;
            this.customer = customer;
            this.cents = cents;
        }
    }

    static class Session {
        final int number;
        final Session before;
        final byte[] state = new byte[512];

        Session(int number, Session before) {
            this.number = number;
            this.before = before;
        }
    }

    static class Basket {
        final int number;
        final int[] articles = new int[30];

        Basket(int number) {
            this.number = number;
        }

        Runnable listener() {
            return new Runnable() {
                @Override
                public void run() {
                    System.out.println(number);
                }
            };
        }
    }

    static class Parcel {
        final int number;
        final byte[] content = new byte[700];

        Parcel(int number) {
            this.number = number;
        }
    }

    static class Dead {
        final byte[] body = new byte[100];
        Dead other;
    }

    @SuppressWarnings({"deprecation", "removal"})
    static class Stuck {
        static final CountDownLatch ENTERED = new CountDownLatch(1);

        @Override
        protected void finalize() {
            ENTERED.countDown();
            block();
        }
    }

    @SuppressWarnings({"deprecation", "removal"})
    static class Finalizable {
        final int number;

        Finalizable(int number) {
            this.number = number;
        }

        @Override
        protected void finalize() {
            sink = null;
        }
    }

    static class SameHash implements Comparable<SameHash> {
        final int value;

        SameHash(int value) {
            this.value = value;
        }

        @Override
        public int hashCode() {
            return 7;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SameHash same && same.value == value;
        }

        @Override
        public int compareTo(SameHash other) {
            return Integer.compare(value, other.value);
        }
    }

    enum Color {
        RED,
        GREEN {
            @Override
            int wave() {
                return 530;
            }
        },
        BLUE;

        int wave() {
            return 0;
        }
    }

    /** Defines `shop.Plugin` anew, so that each loader has a class of that name. */
    static class PluginLoader extends ClassLoader {
        PluginLoader() {
            super("plugin-loader", Shop.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals("shop.Plugin")) {
                return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream("shop/Plugin.class")) {
                byte[] code = in.readAllBytes();
                return defineClass(name, code, 0, code.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }
}

class Plugin {
    static final List<byte[]> BLOCKS = new ArrayList<>();

    Plugin() {
        for (int i = 0; i < Shop.PLUGIN_BLOCKS; i++) {
            BLOCKS.add(new byte[1_000]);
        }
    }
}
