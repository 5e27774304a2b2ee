/** A zstd frame of raw blocks (RFC 8878): no compression, but every decoder reads it. */
export function compressSync(bytes: Uint8Array): Buffer {
  const BLOCK = 1000;
  // Magic; no checksum, no size given; window of 128 KiB.
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])];
  for (let at = 0; at < bytes.length; at += BLOCK) {
    const block = bytes.subarray(at, at + BLOCK);
    const head = (block.length << 3) | (at + BLOCK >= bytes.length ? 1 : 0);
    parts.push(Buffer.from([head & 255, (head >> 8) & 255, head >> 16]), Buffer.from(block));
  }
  return Buffer.concat(parts);
}
