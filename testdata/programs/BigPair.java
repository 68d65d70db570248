import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two dumps of about `factor` GB each, BEFORE.hprof and AFTER.hprof: between them a third of the sessions is replaced, and the
 * threads of a pool keep 40 MB of contexts in a thread local.
 *
 * java -XX:+UseParallelGC -Xmx2500m BigPair.java DIRECTORY 1
 */
public class BigPair {
    static final ConcurrentHashMap<String, Session> SESSIONS = new ConcurrentHashMap<>();
    static final ThreadLocal<Trace> TRACE = ThreadLocal.withInitial(Trace::new);
    static final Random RANDOM = new Random(7);
    static long made;

    public static void main(String[] args) throws Exception {
        int sessions = (int) (400_000 * (args.length > 1 ? Double.parseDouble(args[1]) : 1));
        ExecutorService pool = Executors.newFixedThreadPool(8, task -> new Thread(task, "request-" + made++));
        for (int i = 0; i < sessions; i++) {
            open();
        }
        work(pool, 40, 10);
        dump(args[0] + "/before.hprof");
        List<String> names = new ArrayList<>(SESSIONS.keySet());
        for (int i = 0; i < names.size(); i += 3) {
            SESSIONS.remove(names.get(i));
            open();
        }
        work(pool, 40, 4000);
        dump(args[0] + "/after.hprof");
        System.out.println(made + " objects made");
        pool.shutdown();
    }

    static void open() {
        Session session = new Session("session-" + made++);
        SESSIONS.put(session.name, session);
    }

    /** Each of `tasks` tasks leaves `spans` spans of 256 bytes in its thread. */
    static void work(ExecutorService pool, int tasks, int spans) throws Exception {
        List<Future<?>> done = new ArrayList<>();
        for (int i = 0; i < tasks; i++) {
            done.add(pool.submit(() -> {
                for (int j = 0; j < spans; j++) {
                    TRACE.get().spans.add(new Span(j));
                }
            }));
        }
        for (Future<?> future : done) {
            future.get();
        }
    }

    static void dump(String path) throws Exception {
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class).dumpHeap(path, true);
    }

    static class Session {
        final String name;
        final Map<String, Object> attributes = new HashMap<>();
        final List<Page> pages = new ArrayList<>();
        long lastUsed = RANDOM.nextLong();

        Session(String name) {
            this.name = name;
            attributes.put("user", "user-" + RANDOM.nextInt());
            attributes.put("cart", new long[RANDOM.nextInt(120)]);
            attributes.put("locale", "de_DE");
            for (int i = RANDOM.nextInt(20); i >= 0; i--) {
                pages.add(new Page("/shop/page/" + RANDOM.nextInt(), pages.isEmpty() ? null : pages.get(i % pages.size())));
            }
        }
    }

    static class Page {
        final String path;
        final Page from;
        final byte[] digest = new byte[16];

        Page(String path, Page from) {
            this.path = path;
            this.from = from;
        }
    }

    static class Trace {
        final List<Span> spans = new ArrayList<>();
    }

    static class Span {
        final int number;
        final byte[] body = new byte[192];

        Span(int number) {
            this.number = number;
        }
    }
}
