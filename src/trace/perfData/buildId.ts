/** Bytes as hexadecimal digits, as build ids are written. */
export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}

const NT_GNU_BUILD_ID = 3;

/** The build id in a note section (`/sys/kernel/notes`, `.note.gnu.build-id`), or undefined. */
export function buildIdInNotes(notes: Uint8Array, littleEndian: boolean): string | undefined {
  const view = new DataView(notes.buffer, notes.byteOffset, notes.byteLength);
  let at = 0;
  while (at + 12 <= notes.length) {
    const nameSize = view.getUint32(at, littleEndian);
    const size = view.getUint32(at + 4, littleEndian);
    const type = view.getUint32(at + 8, littleEndian);
    const nameAt = at + 12;
    const idAt = nameAt + align4(nameSize);
    const isGnu = nameSize === 4 && notes[nameAt] === 0x47 && notes[nameAt + 1] === 0x4e && notes[nameAt + 2] === 0x55;
    if (isGnu && type === NT_GNU_BUILD_ID && idAt + size <= notes.length)
      return hexOf(notes.subarray(idAt, idAt + size));
    at = idAt + align4(size);
  }
  return undefined;
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}
