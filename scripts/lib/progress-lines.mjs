/**
 * Progress of notebooks. On a terminal one line that is overwritten; elsewhere a line when a notebook
 * ends, so that logs stay short.
 */
export class ProgressLines {
  #total;
  #done = 0;
  #running = new Map();
  #startedAt = Date.now();
  #live = process.stderr.isTTY === true;

  constructor(total) {
    this.#total = total;
  }

  cell(name, done, total) {
    this.#running.set(name, `${name} ${done + 1}/${total}`);
    this.#draw();
  }

  finished(name, seconds, failed) {
    this.#running.delete(name);
    this.#done++;
    this.#print(`${failed ? '✗' : '✓'} ${name.padEnd(32)} ${seconds.toFixed(1)} s   (${this.#summary()})`);
    this.#draw();
  }

  end() {
    if (this.#live) process.stderr.write('\r\x1b[K');
  }

  #summary() {
    if (this.#done === this.#total) return `${this.#done} of ${this.#total}`;
    const left_s = ((Date.now() - this.#startedAt) / 1000 / this.#done) * (this.#total - this.#done);
    return `${this.#done} of ${this.#total}, about ${Math.ceil(left_s)} s left`;
  }

  #print(line) {
    process.stderr.write(`${this.#live ? '\r\x1b[K' : ''}${line}\n`);
  }

  #draw() {
    if (!this.#live) return;
    const line = `… ${[...this.#running.values()].join(' · ')}`;
    process.stderr.write(`\r\x1b[K${line.slice(0, (process.stderr.columns ?? 80) - 1)}`);
  }
}
