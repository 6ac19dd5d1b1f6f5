package io.regionstore.device;

import io.regionstore.ErrorCode;
import java.util.concurrent.atomic.AtomicInteger;

/** Lets native calls of the thread that made it fail, and counts mappings, until it is closed. */
public final class NativeFaults implements AutoCloseable {
    /** Errors that a kernel gives when a medium fails, is full, or asks to try again. */
    public enum Error {
        /** Made again by whoever calls. */
        EINTR(Errno.EINTR),
        /** A medium fails. */
        EIO(Errno.EIO),
        /** For a lock: someone else holds it. */
        EAGAIN(Errno.EAGAIN),
        /** No room on the medium. */
        ENOSPC(Errno.ENOSPC),
        /** No room that this user may have. */
        EDQUOT(Errno.EDQUOT),
        /** For a lock: there are none. */
        ENOLCK(Errno.ENOLCK),
        /** For a lock: a kernel or a file system that does not know this kind. */
        EINVAL(Errno.EINVAL),
        /** A call that a sandbox does not have. */
        ENOSYS(Errno.ENOSYS),
        /** A call that the file system does not have. */
        EOPNOTSUPP(Errno.EOPNOTSUPP),
        /** No room in the address space. */
        ENOMEM(Errno.ENOMEM);

        private final int number;

        Error(int number) {
            this.number = number;
        }

        /** @return what is told of it, of most calls */
        public ErrorCode code() {
            return this == ENOSPC || this == EDQUOT ? ErrorCode.NO_SPACE : ErrorCode.IO_ERROR;
        }
    }

    private final Thread thread = Thread.currentThread();
    private final AtomicInteger mappings = new AtomicInteger();
    private Error error;
    private int calls;
    private int failFrom = Integer.MAX_VALUE;
    private int failTo;
    private boolean everyOther;
    private String only;
    private String failed = "none";

    /** Fails nothing yet. */
    public NativeFaults() {
        Native.inject(this::call);
    }

    /** Lets calls fail: the {@code n}th from now and the ones after it, {@code count} in all. */
    public NativeFaults failAt(int n, int count, Error with) {
        calls = 0;
        failFrom = n;
        failTo = n + Math.min(count, Integer.MAX_VALUE - n);
        error = with;
        failed = "none";
        everyOther = false;
        only = null;
        return this;
    }

    /** Interrupts every other call from now on: each one once, if it is then made again. */
    public NativeFaults interruptEachCall() {
        failAt(1, Integer.MAX_VALUE, Error.EINTR);
        everyOther = true;
        return this;
    }

    /** Lets each call of one name fail from now on. */
    public NativeFaults failEach(String name, Error with) {
        failAt(1, Integer.MAX_VALUE, with);
        only = name;
        return this;
    }

    /** @return whether a call failed */
    public boolean reached() {
        return calls >= failFrom;
    }

    /** @return name of the call that failed first */
    public String failed() {
        return failed;
    }

    /** @return mappings made and not given back since this was made, by any thread */
    public int mappings() {
        return mappings.get();
    }

    private int call(String name) {
        if (name.equals("mapped")) { // no call: the one to mmap has succeeded
            mappings.incrementAndGet();
            return 0;
        }
        if (name.equals("munmap")) {
            mappings.decrementAndGet();
        }
        boolean fails = false;
        if (Thread.currentThread() == thread && (only == null || only.equals(name))) {
            calls++;
            fails = calls >= failFrom && calls < failTo && (!everyOther || calls % 2 == 1);
            if (fails && failed.equals("none")) {
                failed = name;
            }
        }
        return fails ? error.number : 0;
    }

    @Override
    public void close() {
        Native.inject(null);
    }
}
