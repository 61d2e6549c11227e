import { crc32 } from 'node:zlib';

/** Midnight of 1 January 1980, as the format writes it: the same files make the same bytes on every day. */
const epoch = { time: 0, date: 0x21 } as const;

/** Readable by everybody, in a form that Unix understands (made by Unix, mode 0644). */
const madeByUnix = 0x0314;
const regularFile = (0o100644 << 16) >>> 0;

/**
 * A zip of files that are stored as they are; names are paths inside it.
 * Source of the layout: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.7, 4.3.12 and 4.3.16.
 */
export function zipOf(files: ReadonlyMap<string, Buffer>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = Buffer.from(name);
    const described = description(path, content);
    const head = Buffer.concat([uint32(0x04034b50), described, path, content]);
    directory.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16(madeByUnix),
        described,
        // No comment, first disk, no text, its mode, and where it begins.
        uint16(0),
        uint16(0),
        uint16(0),
        uint32(regularFile),
        uint32(offset),
        path,
      ]),
    );
    bodies.push(head);
    offset += head.length;
  }
  const entries = Buffer.concat(directory);
  const count = uint16(files.size);
  const end = [
    uint32(0x06054b50),
    uint16(0),
    uint16(0),
    count,
    count,
    uint32(entries.length),
    uint32(offset),
  ];
  return Buffer.concat([...bodies, entries, ...end, uint16(0)]);
}

/** What the file's own header and the directory say alike: version, flags, method, time, sum, sizes, lengths. */
function description(path: Buffer, content: Buffer): Buffer {
  const size = uint32(content.length);
  const said = [uint16(20), uint16(0), uint16(0), uint16(epoch.time), uint16(epoch.date)];
  return Buffer.concat([...said, uint32(crc32(content)), size, size, uint16(path.length), uint16(0)]);
}

function uint16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeUInt16LE(value);
  return buffer;
}

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}
