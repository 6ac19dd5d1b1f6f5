package io.regionstore.chronicle;

import net.openhft.chronicle.bytes.BytesIn;
import net.openhft.chronicle.bytes.BytesMarshallable;
import net.openhft.chronicle.bytes.BytesOut;

/** A value that writes and reads itself. */
final class Trade implements BytesMarshallable {
    /** Longest form: two longs, a double, a length byte and 11 characters. */
    static final int MAX_LENGTH = 36;

    long id;
    long quantity;
    double price;
    final StringBuilder symbol = new StringBuilder();

    Trade() {
    }

    Trade(long id) {
        this.id = id;
        quantity = id * 3;
        price = id / 8.0;
        symbol.append("SYM").append(id);
    }

    @Override
    public void writeMarshallable(BytesOut<?> bytes) {
        bytes.writeLong(id).writeLong(quantity).writeDouble(price).writeUtf8(symbol);
    }

    @Override
    public void readMarshallable(BytesIn<?> bytes) {
        id = bytes.readLong();
        quantity = bytes.readLong();
        price = bytes.readDouble();
        bytes.readUtf8(symbol);
    }

    String text() {
        return id + " " + quantity + " " + price + " " + symbol;
    }
}
