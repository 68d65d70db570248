import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.SoftReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Fills a heap with about 20 million objects per unit of `factor` and dumps it to a file.
 *
 * java -Xmx2g BigHeap.java OUT.hprof 1       about 1 GB
 * java -Xmx6g BigHeap.java OUT.hprof 4       about 4 GB
 * java -Xmx16g BigHeap.java OUT.hprof 12     about 12 GB
 */
public class BigHeap {
    static final List<Map<String, Order>> ORDERS = new ArrayList<>();
    static final ConcurrentHashMap<String, Customer> CUSTOMERS = new ConcurrentHashMap<>();
    static final TreeMap<Long, Event> EVENTS = new TreeMap<>();
    static final List<Lru<Integer, byte[]>> CACHES = new ArrayList<>();
    static final List<SoftReference<Tree>> SOFT_TREES = new ArrayList<>();
    static final ArrayDeque<Message> QUEUE = new ArrayDeque<>();
    static final Random RANDOM = new Random(42);
    static Node chain;
    static Tree tree;
    static Object[] slots;
    static long[] times;
    static double[][] matrix;

    public static void main(String[] args) throws Exception {
        String out = args[0];
        double factor = args.length > 1 ? Double.parseDouble(args[1]) : 1;
        boolean live = args.length <= 2 || !args[2].equals("all");
        customers((int) (400_000 * factor));
        orders((int) (180_000 * factor));
        events((int) (900_000 * factor));
        caches((int) (20 * factor));
        messages((int) (500_000 * factor));
        arrays((int) (1_500_000 * factor));
        chain = chain((int) (3_000_000 * factor));
        tree = tree(0, (int) (1_200_000 * factor));
        for (int i = 0; i < (int) (100 * factor); i++) {
            SOFT_TREES.add(new SoftReference<>(tree(0, 1_000)));
        }
        HotSpotDiagnosticMXBean diagnostic =
                ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        diagnostic.dumpHeap(out, live);
        System.out.println("dumped " + out + ", chain starts at " + chain.value);
    }

    static void customers(int count) {
        for (int i = 0; i < count; i++) {
            Customer customer = new Customer("customer-" + i, "Street " + RANDOM.nextInt(90_000), i);
            customer.tags.add("tag" + i % 37);
            customer.tags.add("segment-" + RANDOM.nextInt(1000));
            CUSTOMERS.put(customer.name, customer);
        }
    }

    static void orders(int count) {
        for (int i = 0; i < count; i++) {
            Map<String, Order> byNumber = new HashMap<>();
            for (int j = 0; j < 5; j++) {
                Customer customer = CUSTOMERS.get("customer-" + RANDOM.nextInt(CUSTOMERS.size()));
                Order order = new Order("order-" + i + "-" + j, customer, RANDOM.nextDouble());
                byNumber.put(order.number, order);
            }
            ORDERS.add(byNumber);
        }
    }

    static void events(int count) {
        Event previous = null;
        for (int i = 0; i < count; i++) {
            previous = new Event(i, previous);
            EVENTS.put((long) i * 7, previous);
        }
    }

    static void caches(int count) {
        for (int i = 0; i < count; i++) {
            Lru<Integer, byte[]> cache = new Lru<>(20_000);
            for (int j = 0; j < 25_000; j++) {
                cache.put(j * 1000, new byte[16 + RANDOM.nextInt(32)]);
            }
            CACHES.add(cache);
        }
    }

    static void messages(int count) {
        for (int i = 0; i < count; i++) {
            QUEUE.add(new Message("message body number " + i, new int[] {i, i + 1}));
        }
    }

    static void arrays(int count) {
        slots = new Object[count];
        times = new long[count];
        for (int i = 0; i < count; i++) {
            slots[i] = i % 2 == 0 ? Long.valueOf(i * 1_000L) : new Point(i, -i);
            times[i] = i * 1_000_003L;
        }
        matrix = new double[Math.max(1, count / 1000)][100];
    }

    /** A list built from its end, of `count` nodes. */
    static Node chain(int count) {
        Node head = null;
        for (int i = 0; i < count; i++) {
            head = new Node(i, head);
        }
        return head;
    }

    /** A balanced search tree of the keys from `low` to `high`, `high` excluded. */
    static Tree tree(int low, int high) {
        if (low >= high) {
            return null;
        }
        int middle = (low + high) >>> 1;
        return new Tree(middle, tree(low, middle), tree(middle + 1, high));
    }

    static class Customer {
        final String name;
        final String street;
        final int age;
        final List<String> tags = new ArrayList<>();

        Customer(String name, String street, int age) {
            this.name = name;
            this.street = street;
            this.age = age;
        }
    }

    static class Order {
        final String number;
        final Customer customer;
        final double price;
        boolean paid;

        Order(String number, Customer customer, double price) {
            this.number = number;
            this.customer = customer;
            this.price = price;
        }
    }

    static class Event {
        final long time;
        final Event previous;
        final short kind = 3;

        Event(long time, Event previous) {
            this.time = time;
            this.previous = previous;
        }
    }

    static class Message {
        final String body;
        final int[] offsets;

        Message(String body, int[] offsets) {
            this.body = body;
            this.offsets = offsets;
        }
    }

    static class Node {
        final long value;
        final Node next;

        Node(long value, Node next) {
            this.value = value;
            this.next = next;
        }
    }

    static class Tree {
        final int key;
        final Tree left;
        final Tree right;

        Tree(int key, Tree left, Tree right) {
            this.key = key;
            this.left = left;
            this.right = right;
        }
    }

    static class Point {
        final int x;
        final int y;

        Point(int x, int y) {
            this.x = x;
            this.y = y;
        }
    }

    static class Lru<K, V> extends LinkedHashMap<K, V> {
        final int capacity;

        Lru(int capacity) {
            super(16, 0.75f, true);
            this.capacity = capacity;
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
        }
    }
}
