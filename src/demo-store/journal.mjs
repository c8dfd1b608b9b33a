// Append-only file of what happened, one JSON object per line. Lines are written at once and fsynced in batches, so
// that kill -9 loses nothing and a power cut at most the last moment.
import { closeSync, existsSync, fsync, fsyncSync, mkdirSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

const FSYNC_EVERY_MS = 40;

export class Journal {
  #timer = null;

  constructor(file) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
  }

  /** Every entry written so far. A half line at the end (the machine stopped while writing) is dropped. */
  *read() {
    if (!existsSync(this.file)) return;
    const bytes = readFileSync(this.file);
    let at = 0;
    while (at < bytes.length) {
      const end = bytes.indexOf(10, at);
      if (end < 0) { truncateSync(this.file, at); return; }
      if (end > at) yield JSON.parse(bytes.toString('utf8', at, end));
      at = end + 1;
    }
  }

  open() {
    this.fd = openSync(this.file, 'a');
  }

  append(entry) {
    writeSync(this.fd, `${JSON.stringify(entry)}\n`);
    this.#timer ??= setTimeout(() => { this.#timer = null; if (this.fd !== null) fsync(this.fd, () => {}); }, FSYNC_EVERY_MS);
  }

  close() {
    clearTimeout(this.#timer);
    if (this.fd == null) return;
    fsyncSync(this.fd);
    closeSync(this.fd);
    this.fd = null;
  }
}
