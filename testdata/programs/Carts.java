package shop;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A shop with a leak, dumped before and after some orders: `java -XX:+UseSerialGC Carts.java DIRECTORY`.
 *
 * Threads of a pool keep the carts of the orders that they have served in a thread local; sessions come and go as they
 * should; prices are kept in a cache of at most 400.
 */
public class Carts {
    static final Map<Integer, Session> SESSIONS = new HashMap<>();
    static final PriceCache PRICES = new PriceCache(400);
    static final ThreadLocal<Served> SERVED = ThreadLocal.withInitial(Served::new);
    static int number;

    public static void main(String[] args) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4, task -> new Thread(task, "order-" + ++number));
        serve(pool, 20);
        dump(Path.of(args[0], "carts-before.hprof"));
        serve(pool, 2000);
        dump(Path.of(args[0], "carts-after.hprof"));
        pool.shutdown();
    }

    static void serve(ExecutorService pool, int orders) throws Exception {
        for (int i = 0; i < 300; i++) {
            SESSIONS.remove(number - 300);
            SESSIONS.put(number, new Session(number++));
        }
        List<Future<?>> open = new ArrayList<>();
        for (int i = 0; i < orders; i++) {
            int order = i;
            open.add(pool.submit(() -> SERVED.get().carts.add(new Cart(order))));
            PRICES.put(i, new Price(i));
        }
        for (Future<?> future : open) {
            future.get();
        }
    }

    static void dump(Path path) throws Exception {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(path.toString(), true);
    }

    static class Session {
        final int number;
        final List<String> pages = new ArrayList<>(List.of("/", "/shop", "/cart"));

        Session(int number) {
            this.number = number;
        }
    }

    static class Served {
        final List<Cart> carts = new ArrayList<>();
    }

    static class Cart {
        final int order;
        final long[] items = new long[12];

        Cart(int order) {
            this.order = order;
        }
    }

    static class Price {
        final int cents;

        Price(int cents) {
            this.cents = cents;
        }
    }

    static class PriceCache {
        final Map<Integer, Price> prices = new HashMap<>();
        final int maxPrices;

        PriceCache(int maxPrices) {
            this.maxPrices = maxPrices;
        }

        void put(int article, Price price) {
            if (prices.size() < maxPrices) {
                prices.put(article, price);
            }
        }
    }
}
