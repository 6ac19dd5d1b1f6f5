package io.regionstore.proof.store;

import io.regionstore.memory.Memory;
import io.regionstore.proof.Image;
import io.regionstore.proof.SimulatedMemory;
import io.regionstore.proof.WrappedMemory;
import io.regionstore.table.HeaderDescriptor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** Rules of the protocol broken on purpose, between the engine and the simulated media, to see that the proof sees them. */
enum PlantedFault {
    /** The payload's lines are not written back. */
    PAYLOAD_NOT_FLUSHED,
    /** All of them are but the last. */
    LAST_PAYLOAD_LINE_NOT_FLUSHED,
    /** The new slot is not written back. */
    SLOT_NOT_FLUSHED,
    /** The retired slot is not written back. */
    RETIREMENT_NOT_FLUSHED,
    /** The retired slot's tail is not set to 0. */
    RETIREMENT_NOT_STORED,
    /** The lane's intent line is not written back. */
    INTENT_NOT_FLUSHED,
    /** No intent is ever stored. */
    INTENT_NOT_STORED,
    /** Fences wait for nothing. */
    NO_FENCE,
    /** The fence after a retirement waits for nothing. */
    FENCE_AFTER_RETIREMENT_MISSING,
    /** The tail is stored before the slot's other words. */
    TAIL_BEFORE_WORDS,
    /** The payload is stored after the slot. */
    PAYLOAD_AFTER_SLOT,
    /** The header is not written back. */
    HEADER_NOT_FLUSHED,
    /** The two copies of the header are written with no fence in between. */
    HEADER_COPIES_TOGETHER,
    /** Recovery does not write back the table that it saw in caches. */
    TABLE_NOT_FLUSHED_BY_RECOVERY,
    /** Recovery does not write back the payloads that it saw in caches. */
    PAYLOADS_NOT_FLUSHED_BY_RECOVERY;

    /** Whether it takes a kill, a recovery and then a power loss to see it. */
    boolean isOfRecovery() {
        return this == TABLE_NOT_FLUSHED_BY_RECOVERY || this == PAYLOADS_NOT_FLUSHED_BY_RECOVERY;
    }

    /** Whether it is seen where caches are kept. */
    boolean isInProgramOrder() {
        return this == TAIL_BEFORE_WORDS || this == RETIREMENT_NOT_STORED || this == PAYLOAD_AFTER_SLOT;
    }

    /** The fault, for the media of one run. */
    UnaryOperator<Memory> planted() {
        List<Runnable> heldCopies = new ArrayList<>();
        return memory -> new Faulty((SimulatedMemory) memory, heldCopies);
    }

    private final class Faulty extends WrappedMemory {
        private final boolean region;
        private final List<Runnable> heldCopies;
        private final List<long[]> heldWords = new ArrayList<>();
        private boolean headerFlushed;
        private boolean retired;

        Faulty(SimulatedMemory to, List<Runnable> heldCopies) {
            super(to);
            this.heldCopies = heldCopies;
            region = to.medium() == Image.REGION;
        }

        private boolean inTable(long offset) {
            return !region && offset >= HeaderDescriptor.TABLE;
        }

        private boolean inIntents(long offset) {
            return !region && offset >= HeaderDescriptor.INTENTS && offset < HeaderDescriptor.TABLE;
        }

        @Override
        public void flush(long offset, long length) {
            boolean wholeTable = inTable(offset) && length == size() - HeaderDescriptor.TABLE;
            boolean slot = inTable(offset) && !wholeTable;
            boolean retirement = slot && getLong(offset + 24) == 0;
            headerFlushed = !region && offset < HeaderDescriptor.INTENTS;
            boolean ignored = switch (PlantedFault.this) {
                case PAYLOAD_NOT_FLUSHED, PAYLOADS_NOT_FLUSHED_BY_RECOVERY -> region;
                case SLOT_NOT_FLUSHED -> slot && !retirement;
                case RETIREMENT_NOT_FLUSHED -> retirement;
                case INTENT_NOT_FLUSHED -> inIntents(offset);
                case HEADER_NOT_FLUSHED -> headerFlushed;
                case TABLE_NOT_FLUSHED_BY_RECOVERY -> wholeTable;
                default -> false;
            };
            if (PlantedFault.this == LAST_PAYLOAD_LINE_NOT_FLUSHED && region) {
                long end = offset + length - 1 & -64;
                if (end > offset) {
                    memory.flush(offset, end - offset);
                }
            } else if (!ignored) {
                memory.flush(offset, length);
            }
        }

        @Override
        public void fence() {
            boolean ignored = switch (PlantedFault.this) {
                case NO_FENCE -> true;
                case HEADER_COPIES_TOGETHER -> headerFlushed;
                case FENCE_AFTER_RETIREMENT_MISSING -> retired;
                default -> false;
            };
            retired = false;
            if (!ignored) {
                memory.fence();
            }
        }

        @Override
        public void putLong(long offset, long value) {
            if (PlantedFault.this == TAIL_BEFORE_WORDS && inTable(offset)) {
                heldWords.add(new long[] {offset, value});
            } else {
                memory.putLong(offset, value);
            }
        }

        @Override
        public void putLongRelease(long offset, long value) {
            boolean tail = inTable(offset) && offset % 32 == 24;
            if (PlantedFault.this == RETIREMENT_NOT_STORED && tail && value == 0
                    || PlantedFault.this == INTENT_NOT_STORED && inIntents(offset)) {
                return;
            }
            retired = tail && value == 0;
            memory.putLongRelease(offset, value);
            heldWords.forEach(word -> memory.putLong(word[0], word[1]));
            heldWords.clear();
            if (tail) {
                heldCopies.forEach(Runnable::run);
                heldCopies.clear();
            }
        }

        @Override
        public void copyIn(byte[] source, int sourceOffset, long offset, int length) {
            if (PlantedFault.this == PAYLOAD_AFTER_SLOT && region) {
                byte[] held = Arrays.copyOfRange(source, sourceOffset, sourceOffset + length);
                heldCopies.add(() -> memory.copyIn(held, 0, offset, length));
            } else {
                memory.copyIn(source, sourceOffset, offset, length);
            }
        }

    }
}
