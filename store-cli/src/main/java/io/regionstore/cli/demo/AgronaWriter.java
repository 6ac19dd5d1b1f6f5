package io.regionstore.cli.demo;

import io.regionstore.RegionStore;
import io.regionstore.Reservation;
import io.regionstore.agrona.ReservationBuffer;
import org.agrona.MutableDirectBuffer;

/** Fills reservations in place through an Agrona buffer. */
final class AgronaWriter extends Writer.Small {
    private final ReservationBuffer value = new ReservationBuffer();

    AgronaWriter(RegionStore store, Ledger ledger, long seed, long keys) {
        super(store, ledger, SmallRecords.AGRONA, seed, keys);
    }

    @Override
    void write(long sequence) {
        try (Reservation reservation = store.reserve(length, 64)) {
            MutableDirectBuffer buffer = value.wrap(reservation);
            int whole = length & -8;
            for (int at = 0; at < whole; at += 8) {
                buffer.putLong(at, records.word(seed, sequence, at >> 3));
            }
            for (int at = whole; at < length; at++) {
                buffer.putByte(at, (byte) (records.word(seed, sequence, whole >> 3) >>> 8 * (at & 7)));
            }
            value.commit(records.longKey(key));
        }
    }

    @Override
    public void close() {
        value.close();
    }
}
