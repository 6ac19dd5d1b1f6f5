package io.regionstore.log;

import io.regionstore.ErrorCode;
import io.regionstore.RegionStoreException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.UUID;

/** Writes and reads images. */
final class ImageFile {
    private static final int BLOCK_LENGTH =
            ImageHeader.BLOCK_PAYLOAD_OFFSET + ImageHeader.BLOCK_SLOTS * FrameDescriptor.SLOT_LENGTH;

    private ImageFile() {
    }

    /**
     * Writes an image and gives it its name, durably. It counts only when a log names it.
     *
     * @param files       where
     * @param instance    id of the store
     * @param generation  of the image
     * @param firstLsn    that will be replayed over it
     * @param storeHeader 512 bytes
     * @param source      the table
     * @param beforeStamp makes durable every frame whose effect may have been copied
     * @return what tells the file from a copy
     */
    static ImageStamp write(LogFiles files, UUID instance, long generation, long firstLsn, MemorySegment storeHeader,
                            ImageSource source, Runnable beforeStamp) throws IOException {
        String name = FileNames.image(generation);
        String temporary = FileNames.temporary(name);
        long nonce = nonce();
        files.delete(temporary);
        // A crash up to the rename leaves a temporary file, which means nothing.
        try (LogFile file = files.create(temporary)) {
            writeBlocks(file, instance, generation, firstLsn, nonce, storeHeader, source);
            // A crash after the rename leaves an image, whole or not, that no log names: the one before it is used with
            // its logs.
            files.rename(temporary, name);
            file.sync(true);
            beforeStamp.run();
            files.sync();
        }
        return new ImageStamp(generation, files.identity(name), nonce);
    }

    private static long nonce() {
        UUID random = UUID.randomUUID(); // a 64-bit half of it has two or four bits that are not random
        return (random.getMostSignificantBits() ^ random.getLeastSignificantBits()) | 1; // 0 means unknown
    }

    private static void writeBlocks(LogFile file, UUID instance, long generation, long firstLsn, long nonce,
                                    MemorySegment storeHeader, ImageSource source) throws IOException {
        Chunk block = new Chunk(BLOCK_LENGTH);
        MemorySegment zeros = MemorySegment.ofArray(new byte[BLOCK_LENGTH - ImageHeader.BLOCK_PAYLOAD_OFFSET]);
        int seed = Chunk.seed(instance, generation);
        long blocks = 0;
        long position = ImageHeader.LENGTH;
        long used = source.usedSlots();
        for (long first = 0; first < used; first += ImageHeader.BLOCK_SLOTS) {
            int slots = (int) Math.min(ImageHeader.BLOCK_SLOTS, used - first);
            int payload = slots * FrameDescriptor.SLOT_LENGTH;
            MemorySegment bytes = block.bytes.asSlice(ImageHeader.BLOCK_PAYLOAD_OFFSET, payload);
            source.copy(first, bytes);
            if (bytes.mismatch(zeros.asSlice(0, payload)) < 0) {
                continue;
            }
            int length = ImageHeader.BLOCK_PAYLOAD_OFFSET + payload;
            block.putInt(ImageHeader.BLOCK_SLOTS_OFFSET, slots);
            block.putLong(ImageHeader.BLOCK_FIRST_SLOT_OFFSET, first);
            block.putInt(ImageHeader.BLOCK_CRC_OFFSET,
                    block.crc32c(ImageHeader.BLOCK_SLOTS_OFFSET, length) ^ seed);
            file.write(block.range(0, length), position);
            position += length;
            blocks++;
        }
        ImageHeader header = new ImageHeader(instance, generation, source.tableSlots(), firstLsn, blocks, position,
                nonce, storeHeader);
        file.write(header.encode().range(0, ImageHeader.LENGTH), 0);
    }

    /**
     * Delivers an image.
     *
     * @param file     an image
     * @param resource its name for messages
     * @param header   what {@link ImageHeader#read} returned
     * @param sink     told of the header and each block
     * @throws RegionStoreException METADATA_CORRUPT, METADATA_TRUNCATED; the sink may have been told a part
     */
    static void read(LogFile file, String resource, ImageHeader header, Replay sink) throws IOException {
        if (!SlotLimit.isTable(header.tableSlots())) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected 1 to "
                    + SlotLimit.MAX_TABLE_SLOTS + " slots, found " + header.tableSlots() + "; restore a backup of region"
                    + " and metadata");
        }
        sink.begin(header.tableSlots(), header.storeHeader());
        Chunk block = new Chunk(BLOCK_LENGTH);
        int seed = Chunk.seed(header.instance(), header.generation());
        long position = ImageHeader.LENGTH;
        long lowest = 0;
        for (long i = 0; i < header.blocks(); i++) {
            int found = file.read(block.range(0, BLOCK_LENGTH), position);
            int slots = block.getInt(ImageHeader.BLOCK_SLOTS_OFFSET);
            int length = slots < 1 || slots > ImageHeader.BLOCK_SLOTS ? Integer.MAX_VALUE
                    : ImageHeader.BLOCK_PAYLOAD_OFFSET + slots * FrameDescriptor.SLOT_LENGTH;
            if (length > found || (block.crc32c(ImageHeader.BLOCK_SLOTS_OFFSET, length) ^ seed)
                    != block.getInt(ImageHeader.BLOCK_CRC_OFFSET)) {
                throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": offset " + position
                        + ": the checksum of block " + i + " does not match; check the disk, then restore a backup of"
                        + " region and metadata");
            }
            long first = block.getLong(ImageHeader.BLOCK_FIRST_SLOT_OFFSET);
            // blocks were written in order: a second copy of one stands where another one was
            if (first < lowest || first > header.tableSlots() - slots) {
                throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": offset " + position
                        + ": expected slots from " + lowest + " and below " + header.tableSlots() + ", found " + slots
                        + " from " + first + "; restore a backup of region and metadata");
            }
            lowest = first + slots;
            sink.slots(first, block.bytes.asSlice(
                    ImageHeader.BLOCK_PAYLOAD_OFFSET, length - ImageHeader.BLOCK_PAYLOAD_OFFSET).asReadOnly());
            position += length;
        }
        if (position != header.fileLength()) {
            throw new RegionStoreException(ErrorCode.METADATA_CORRUPT, resource + ": expected blocks up to offset "
                    + header.fileLength() + ", found them up to " + position);
        }
    }
}
