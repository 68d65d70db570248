//! Paths of Java heaps: the path, the rule, the reference that nobody wrote on purpose.

type Case = (&'static str, &'static str, &'static str);

pub(super) const CASES: &[Case] = &[
    (
        "class: static com.acme.A -CACHE- java.lang.ref.SoftReference -referent- com.acme.B",
        "soft-reference",
        "java.lang.ref.SoftReference#referent",
    ),
    (
        "class: static com.acme.A -LAST- com.acme.Ref<java.lang.ref.WeakReference -referent- com.acme.B",
        "weak-reference",
        "com.acme.Ref#referent",
    ),
    (
        "system class: static java.lang.ref.Finalizer -unfinalized- java.lang.ref.Finalizer<java.lang.ref.FinalReference \
         -next- java.lang.ref.Finalizer<java.lang.ref.FinalReference -referent- com.acme.File",
        "finalizer-backlog",
        "java.lang.ref.Finalizer#referent",
    ),
    ("finalizing: com.acme.Bitmap -pixels- byte[]", "finalizing", "finalizing"),
    (
        "thread: java.lang.Thread -<local>- jdk.internal.ref.CleanerImpl -phantomCleanableList- \
         jdk.internal.ref.CleanerImpl$PhantomCleanableRef -action- com.acme.R$$Lambda$1 -arg$1- com.acme.R",
        "cleaner-action",
        "jdk.internal.ref.CleanerImpl$PhantomCleanableRef#action",
    ),
    (
        "system class: static jdk.internal.ref.Cleaner -first- jdk.internal.ref.Cleaner -next- jdk.internal.ref.Cleaner",
        "cleaner-backlog",
        "jdk.internal.ref.Cleaner#first",
    ),
    (
        "class: static com.acme.A -QUEUE- java.lang.ref.ReferenceQueue -head- com.acme.Ref -queueNext- com.acme.Ref",
        "reference-queue-backlog",
        "java.lang.ref.ReferenceQueue#head",
    ),
    (
        "thread: java.lang.Thread -threadLocals- java.lang.ThreadLocal$ThreadLocalMap -table- \
         java.lang.ThreadLocal$ThreadLocalMap$Entry[] -[3]- java.lang.ThreadLocal$ThreadLocalMap$Entry -value- \
         sun.nio.ch.Util$BufferCache -buffers- java.nio.ByteBuffer[] -[0]- java.nio.DirectByteBuffer",
        "nio-thread-buffers",
        "sun.nio.ch.Util$BufferCache#buffers",
    ),
    (
        "thread: java.lang.Thread -inheritableThreadLocals- java.lang.ThreadLocal$ThreadLocalMap -table- \
         java.lang.ThreadLocal$ThreadLocalMap$Entry[] -[3]- java.lang.ThreadLocal$ThreadLocalMap$Entry -value- com.acme.C",
        "inheritable-thread-local",
        "java.lang.ThreadLocal$ThreadLocalMap$Entry#value",
    ),
    (
        "thread: com.acme.Worker<java.lang.Thread -threadLocals- java.lang.ThreadLocal$ThreadLocalMap -table- \
         java.lang.ThreadLocal$ThreadLocalMap$Entry[] -[3]- java.lang.ThreadLocal$ThreadLocalMap$Entry -value- \
         com.acme.Context -seen- java.util.ArrayList -elementData- java.lang.Object[] -[7]- com.acme.Payload",
        "thread-local",
        "java.lang.ThreadLocal$ThreadLocalMap$Entry#value",
    ),
    (
        "thread: io.netty.util.concurrent.FastThreadLocalThread<java.lang.Thread -threadLocalMap- \
         io.netty.util.internal.InternalThreadLocalMap -indexedVariables- java.lang.Object[] -[9]- com.acme.Context",
        "fast-thread-local",
        "io.netty.util.internal.InternalThreadLocalMap#indexedVariables",
    ),
    (
        "system class: static java.lang.ApplicationShutdownHooks -hooks- java.util.IdentityHashMap<java.util.AbstractMap \
         -table- java.lang.Object[] -[4]- java.lang.Thread -target- com.acme.S$$Lambda$1 -arg$1- com.acme.Store",
        "shutdown-hook",
        "java.lang.ApplicationShutdownHooks#hooks",
    ),
    (
        "system class: static java.io.DeleteOnExitHook -files- java.util.LinkedHashSet -map- java.util.LinkedHashMap \
         -head- java.util.LinkedHashMap$Entry -key- java.lang.String",
        "delete-on-exit",
        "java.io.DeleteOnExitHook#files",
    ),
    (
        "class: static java.sql.DriverManager -registeredDrivers- java.util.concurrent.CopyOnWriteArrayList -array- \
         java.lang.Object[] -[0]- java.sql.DriverInfo -driver- org.acme.Driver -<class>- static org.acme.Driver -<loader>- \
         com.server.WebappLoader",
        "jdbc-driver",
        "org.acme.Driver#<class>",
    ),
    (
        "class: static java.lang.management.ManagementFactory -platformMBeanServer- com.sun.jmx.mbeanserver.JmxMBeanServer \
         -repository- com.sun.jmx.mbeanserver.Repository -domainTb- java.util.HashMap -table- java.util.HashMap$Node[] -[1]- \
         java.util.HashMap$Node -value- com.sun.jmx.mbeanserver.NamedObject -object- com.acme.PoolMBean",
        "jmx",
        "com.sun.jmx.mbeanserver.NamedObject#object",
    ),
    (
        "class: static com.acme.A -EMITTER- javax.management.NotificationBroadcasterSupport -listenerList- \
         java.util.concurrent.CopyOnWriteArrayList -array- java.lang.Object[] -[2]- \
         javax.management.NotificationBroadcasterSupport$ListenerInfo -listener- com.acme.Noticing",
        "jmx-listener",
        "javax.management.NotificationBroadcasterSupport#listenerList",
    ),
    (
        "class: static com.acme.A -LOG- ch.qos.logback.classic.Logger -aai- ch.qos.logback.core.spi.AppenderAttachableImpl \
         -appenderList- ch.qos.logback.core.util.COWArrayList -underlyingList- \
         java.util.concurrent.CopyOnWriteArrayList -array- java.lang.Object[] -[2]- com.acme.Appender",
        "log-handler",
        "ch.qos.logback.core.spi.AppenderAttachableImpl#appenderList",
    ),
    (
        "class: static org.slf4j.impl.StaticLoggerBinder -SINGLETON- ch.qos.logback.classic.LoggerContext -loggerCache- \
         java.util.concurrent.ConcurrentHashMap -table- java.util.concurrent.ConcurrentHashMap$Node[] -[1]- \
         java.util.concurrent.ConcurrentHashMap$Node -val- ch.qos.logback.classic.Logger",
        "loggers",
        "ch.qos.logback.classic.LoggerContext#loggerCache",
    ),
    (
        "class: static java.util.logging.Level$KnownLevel -nameToLevels- java.util.HashMap -table- java.util.HashMap$Node[] \
         -[2]- java.util.HashMap$Node -value- java.util.ArrayList -elementData- java.lang.Object[] -[0]- \
         java.util.logging.Level$KnownLevel -mirroredLevel- com.acme.Level",
        "log-level",
        "java.util.logging.Level$KnownLevel#nameToLevels",
    ),
    (
        "system class: static sun.rmi.transport.ObjectTable -objTable- java.util.HashMap -table- java.util.HashMap$Node[] -[2]- \
         java.util.HashMap$Node -value- sun.rmi.transport.Target -disp- com.acme.Remote",
        "remote-object",
        "sun.rmi.transport.ObjectTable#objTable",
    ),
    (
        "class: static javax.crypto.JceSecurity -verificationResults- java.util.IdentityHashMap -table- java.lang.Object[] -[2]- \
         org.bouncycastle.jce.provider.BouncyCastleProvider",
        "security-provider",
        "javax.crypto.JceSecurity#verificationResults",
    ),
    (
        "thread: java.lang.Thread -contextClassLoader- com.acme.Loader<java.lang.ClassLoader -parallelLockMap- \
         java.util.concurrent.ConcurrentHashMap -table- java.util.concurrent.ConcurrentHashMap$Node[] -[1]- \
         java.util.concurrent.ConcurrentHashMap$Node -key- java.lang.String",
        "class-loading-locks",
        "com.acme.Loader#parallelLockMap",
    ),
    (
        "class: static java.beans.ThreadGroupContext -contexts- java.beans.ThreadGroupContext -beanInfoCache- \
         java.util.WeakHashMap -table- java.util.WeakHashMap$Entry[] -[0]- java.util.WeakHashMap$Entry -value- com.acme.Info",
        "bean-introspection",
        "java.beans.ThreadGroupContext#beanInfoCache",
    ),
    (
        "class: static sun.net.www.protocol.jar.JarFileFactory -fileCache- java.util.HashMap -table- java.util.HashMap$Node[] \
         -[0]- java.util.HashMap$Node -value- sun.net.www.protocol.jar.URLJarFile",
        "jar-file-cache",
        "sun.net.www.protocol.jar.JarFileFactory#fileCache",
    ),
    (
        "thread: java.lang.Thread -contextClassLoader- com.server.WebappLoader",
        "context-class-loader",
        "java.lang.Thread#contextClassLoader",
    ),
    (
        "thread: java.lang.Thread -inheritedAccessControlContext- java.security.AccessControlContext -context- \
         java.security.ProtectionDomain[] -[0]- java.security.ProtectionDomain -classloader- com.server.WebappLoader",
        "access-control-context",
        "java.security.AccessControlContext#context",
    ),
    (
        "class: static com.acme.A -NEVER- java.util.concurrent.CompletableFuture -stack- \
         java.util.concurrent.CompletableFuture$UniApply -next- java.util.concurrent.CompletableFuture$UniApply -fn- \
         com.acme.A$$Lambda$7 -arg$1- com.acme.Request",
        "future-dependents",
        "java.util.concurrent.CompletableFuture#stack",
    ),
    (
        "class: static com.acme.A -OUT- java.util.concurrent.SubmissionPublisher -clients- \
         java.util.concurrent.SubmissionPublisher$BufferedSubscription -array- java.lang.Object[] -[7]- com.acme.Item",
        "publisher-backlog",
        "java.util.concurrent.SubmissionPublisher$BufferedSubscription#array",
    ),
    (
        "class: static com.acme.A -OUT- io.reactivex.rxjava3.subjects.PublishSubject -subscribers- \
         java.util.concurrent.atomic.AtomicReference -value- io.reactivex.rxjava3.subjects.PublishSubject$PublishDisposable[] \
         -[2]- io.reactivex.rxjava3.subjects.PublishSubject$PublishDisposable -downstream- com.acme.View",
        "publisher-subscription",
        "io.reactivex.rxjava3.subjects.PublishSubject#subscribers",
    ),
    (
        "thread: java.lang.Thread -<local>- java.io.ObjectInputStream -handles- java.io.ObjectInputStream$HandleTable \
         -entries- java.lang.Object[] -[2]- com.acme.Message",
        "stream-handles",
        "java.io.ObjectInputStream#handles",
    ),
    (
        "class: static com.acme.A -FIRST- com.acme.Failure<java.lang.Throwable -suppressedExceptions- java.util.ArrayList \
         -elementData- java.lang.Object[] -[2]- com.acme.Failure<java.lang.Throwable",
        "suppressed-exceptions",
        "com.acme.Failure#suppressedExceptions",
    ),
    (
        "class: static com.acme.A -PLUGINS- java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Plugin \
         -<class>- static com.acme.Plugin -<loader>- com.acme.Loader -classes- java.util.ArrayList -elementData- \
         java.lang.Object[] -[0]- static com.acme.Other -CACHE- byte[]",
        "class-loader",
        "com.acme.Plugin#<class>",
    ),
    (
        "class: static com.acme.A -FAILED- java.util.ArrayList -elementData- java.lang.Object[] -[2]- \
         com.acme.Failure<java.lang.Throwable -context- com.acme.Context",
        "kept-exception",
        "com.acme.Failure#context",
    ),
    (
        "class: static com.acme.A -OPEN- java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Page$Cursor \
         -this$0- com.acme.Page",
        "inner-class",
        "com.acme.Page$Cursor#this$0",
    ),
    (
        "thread: java.lang.Thread -<local>- java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue -queue- \
         java.util.concurrent.RunnableScheduledFuture[] -[2]- java.util.concurrent.FutureTask -callable- \
         java.util.concurrent.Executors$RunnableAdapter -task- com.acme.S$$Lambda/0x0000001 -arg$1- com.acme.Order",
        "lambda-capture",
        "com.acme.S$$Lambda/0x0000001#arg$1",
    ),
    (
        "thread: java.lang.Thread -<local>- java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue -queue- \
         java.util.concurrent.RunnableScheduledFuture[] -[2]- java.util.concurrent.FutureTask -callable- \
         java.util.concurrent.Executors$RunnableAdapter -task- com.acme.Poll",
        "scheduled-task",
        "java.util.concurrent.ScheduledThreadPoolExecutor$DelayedWorkQueue#queue",
    ),
    (
        "thread: java.util.TimerThread<java.lang.Thread -queue- java.util.TaskQueue -queue- java.util.TimerTask[] -[3]- \
         com.acme.Poll<java.util.TimerTask",
        "timer-task",
        "java.util.TaskQueue#queue",
    ),
    (
        "class: static com.acme.A -POOL- java.util.concurrent.ThreadPoolExecutor -workQueue- \
         java.util.concurrent.LinkedBlockingQueue -head- java.util.concurrent.LinkedBlockingQueue$Node -next- \
         java.util.concurrent.LinkedBlockingQueue$Node -item- com.acme.Job",
        "executor-queue",
        "java.util.concurrent.ThreadPoolExecutor#workQueue",
    ),
    (
        "thread: java.lang.Thread -target- java.util.concurrent.ThreadPoolExecutor$Worker -this$0- \
         java.util.concurrent.ThreadPoolExecutor",
        "executor-not-shut-down",
        "java.util.concurrent.ThreadPoolExecutor$Worker#this$0",
    ),
    (
        "class: static com.acme.Model -ONE- com.acme.Model*1 -changeListeners- java.util.ArrayList*300 -elementData- \
         java.lang.Object[]*300 -[7]- com.acme.View",
        "listener",
        "com.acme.Model#changeListeners",
    ),
    (
        "class: static com.acme.Bus -ONE- com.acme.EventBus*1 -byTopic- java.util.concurrent.ConcurrentHashMap*30 -table- \
         java.util.concurrent.ConcurrentHashMap$Node[]*30 -[3]- java.util.concurrent.ConcurrentHashMap$Node*900 -val- \
         java.util.concurrent.CopyOnWriteArrayList*30 -array- java.lang.Object[]*300 -[7]- com.acme.View",
        "listener",
        "com.acme.EventBus#byTopic",
    ),
    (
        "thread: java.lang.Thread -<local>- org.apache.catalina.session.StandardManager<org.apache.catalina.session.ManagerBase \
         -sessions- java.util.concurrent.ConcurrentHashMap -table- java.util.concurrent.ConcurrentHashMap$Node[] -[3]- \
         java.util.concurrent.ConcurrentHashMap$Node -val- org.apache.catalina.session.StandardSession",
        "web-session",
        "org.apache.catalina.session.StandardManager#sessions",
    ),
    (
        "thread: java.lang.Thread -<local>- org.hibernate.internal.SessionImpl -persistenceContext- \
         org.hibernate.engine.internal.StatefulPersistenceContext -entitiesByKey- java.util.HashMap -table- \
         java.util.HashMap$Node[] -[3]- java.util.HashMap$Node -value- com.acme.Customer",
        "persistence-context",
        "org.hibernate.engine.internal.StatefulPersistenceContext#entitiesByKey",
    ),
    (
        "class: static com.acme.A -FACTORY- org.hibernate.internal.SessionFactoryImpl -queryPlanCache- \
         org.hibernate.engine.query.spi.QueryPlanCache -queryPlanCache- \
         org.hibernate.internal.util.collections.BoundedConcurrentHashMap -segments- java.lang.Object[] -[3]- \
         org.hibernate.engine.query.spi.HQLQueryPlan",
        "query-plan-cache",
        "org.hibernate.engine.query.spi.QueryPlanCache#queryPlanCache",
    ),
    (
        "class: static com.acme.Quotes -QUOTE_CACHE- java.util.HashMap*90 -table- java.util.HashMap$Node[]*90 -[3]- \
         java.util.HashMap$Node -value- com.acme.Entry -quote- com.acme.Quote",
        "static-cache",
        "com.acme.Quotes#QUOTE_CACHE",
    ),
    (
        "thread: java.lang.Thread -<local>- com.acme.Mailbox*2 -letters- java.util.concurrent.LinkedBlockingQueue*9 -head- \
         java.util.concurrent.LinkedBlockingQueue$Node -next- java.util.concurrent.LinkedBlockingQueue$Node -item- \
         com.acme.Letter",
        "queue-backlog",
        "com.acme.Mailbox#letters",
    ),
    (
        "class: static com.acme.A -PAGES- java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Page -bytes- \
         java.nio.DirectByteBuffer",
        "direct-buffer",
        "com.acme.Page#bytes",
    ),
    (
        "class: static com.acme.A -PAGES- java.util.ArrayList -elementData- java.lang.Object[] -[2]- java.nio.DirectByteBuffer",
        "direct-buffer",
        "com.acme.A#PAGES",
    ),
    (
        "class: static com.acme.A -ALL- java.util.ArrayList*70 -elementData- java.lang.Object[]*90 -[2]- com.acme.Row",
        "static-collection",
        "com.acme.A#ALL",
    ),
    (
        "class: static com.acme.A -ONE- com.acme.Service*1 -users- java.util.HashMap*70 -table- java.util.HashMap$Node[]*70 \
         -[2]- java.util.HashMap$Node -value- com.acme.User",
        "growing-collection",
        "com.acme.Service#users",
    ),
    (
        "thread: java.lang.VirtualThread<java.lang.Thread -<local>- java.util.ArrayList -elementData- java.lang.Object[] -[2]- \
         com.acme.Message",
        "virtual-thread",
        "java.lang.VirtualThread#<local>",
    ),
    (
        "thread: java.lang.Thread*9 -<local>- java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Row",
        "stack-local",
        "java.lang.Thread#<local>",
    ),
    (
        "java frame: java.util.ArrayList -elementData- java.lang.Object[] -[2]- com.acme.Row",
        "frame-local",
        "java frame",
    ),
    ("thread: com.acme.Worker<java.lang.Thread", "thread-leak", "thread"),
    (
        "class: static com.acme.A -ALL- java.lang.Thread -holder- java.lang.Thread$FieldHolder -task- com.acme.Task",
        "thread-task",
        "java.lang.Thread$FieldHolder#task",
    ),
    ("jni global: com.acme.Frame -pixels- byte[]", "jni-global", "jni global"),
    ("jni local: com.acme.Frame", "jni-local", "jni local"),
    ("monitor: com.acme.Lock -owner- com.acme.Request", "monitor", "monitor"),
    ("none: com.acme.Tagged", "held-by-nothing-visible", "none"),
    (
        "class: static com.acme.A -rest- java.util.ArrayList$SubList -parent- java.util.ArrayList$SubList -parent- \
         java.util.ArrayList$SubList -root- java.util.ArrayList",
        "nested-views",
        "java.util.ArrayList$SubList#parent",
    ),
    (
        "class: static com.acme.A -JOBS- java.util.ArrayList*70 -elementData- java.lang.Object[]*90 -[2]- \
         com.acme.Fetch$load$1<kotlin.coroutines.jvm.internal.BaseContinuationImpl -L$0- com.acme.Request",
        "coroutine",
        "com.acme.Fetch$load$1#L$0",
    ),
    (
        "class: static com.acme.A -ORDER- java.util.Comparator$$Lambda$3 -arg$1- java.util.Comparator$$Lambda$3",
        "lambda-capture",
        "java.util.Comparator$$Lambda$3#arg$1",
    ),
    (
        "thread: java.lang.Thread*9 -<local>- com.acme.Quotes*1 -byCache- java.util.HashMap*90 -table- \
         java.util.HashMap$Node[]*90 -[3]- java.util.HashMap$Node -value- com.acme.Quote",
        "cache",
        "com.acme.Quotes#byCache",
    ),
    (
        "thread: java.lang.Thread*9 -<local>- java.util.concurrent.LinkedBlockingQueue*9 -head- \
         java.util.concurrent.LinkedBlockingQueue$Node -next- java.util.concurrent.LinkedBlockingQueue$Node -item- \
         com.acme.Letter",
        "queue-backlog",
        "java.lang.Thread#<local>",
    ),
    (
        "thread: java.lang.Thread*9 -<local>- com.acme.ScriptLoader<java.lang.ClassLoader*1 -classes- java.util.ArrayList*90 \
         -elementData- java.lang.Object[]*90 -[3]- static com.acme.Script1",
        "generated-classes",
        "com.acme.ScriptLoader#classes",
    ),
    (
        "class: static com.acme.A -HEAD- com.acme.Node -next- com.acme.Node -next- com.acme.Node -value- com.acme.B",
        "own-linked-list",
        "com.acme.A#HEAD",
    ),
];
