// What was answered and isn't on the server's disk yet: kept in the browser's storage, sent in order, retried.
// Pure of the page: the exam room and the assessor's tablet both stand on it.

const FIRST_WAIT = 1000, LONGEST_WAIT = 10_000, BATCH = 20;

/** A queue of saves for one sitting or visit. Only the newest save of an item waits; older ones are of no use. */
export class SaveQueue {
  /**
   * name      the place in the browser's storage; it names the sitting, so that an old attempt's draft never shows in a new one
   * epoch     the seat's epoch; saves kept by an older seat are handed to `leftovers`
   * sequence  the highest sequence the server knows of this seat
   * send      (saves, epoch, proof) => Promise of {status, body}; rejects when there is no network
   * proof     what `send` shows with the saves (a token)
   * changed   called after every change of `state`
   */
  constructor({ name, epoch, sequence, proof, send, changed }) {
    Object.assign(this, { name, epoch, proof, send, changed });
    this.stopped = false;
    this.busy = false;
    this.wait = FIRST_WAIT;
    this.offlineSince = null;
    this.lastSaved = null;
    this.refused = false;
    const kept = this.#read();
    this.leftovers = kept && kept.epoch !== epoch ? kept : null;
    if (!kept || kept.epoch !== epoch) this.#write({ epoch, sequence, proof, pending: {} });
    else if (kept.sequence < sequence) this.#write({ ...kept, sequence });
  }

  /** What waits: item -> {seq, ...save}. */
  get pending() { return this.#read()?.pending ?? {}; }
  get size() { return Object.keys(this.pending).length; }

  /** Keep a save, at once and on this device; it is sent as soon as it can be. */
  put(item, save, { soon = true } = {}) {
    const kept = this.#read() ?? { epoch: this.epoch, sequence: 0, proof: this.proof, pending: {} };
    kept.sequence += 1;
    kept.pending[item] = { ...save, item, seq: kept.sequence };
    this.#write(kept);
    this.changed(this);
    this.#schedule(soon ? 0 : 500);
  }

  /** Send what waits. Resolves when this round is over, whether or not it went well. */
  async flush() {
    if (this.busy || this.stopped) return;
    const saves = Object.values(this.pending).sort((a, b) => a.seq - b.seq).slice(0, BATCH);
    if (!saves.length) return;
    this.busy = true;
    try {
      const { status, body } = await this.send(saves, this.epoch, this.proof);
      if (status === 200 || status === 409) this.#arrived(saves, body);
      else if (status >= 500 || status === 429) this.#away();
      else this.refused = true;
    } catch { this.#away(); }
    this.busy = false;
    this.changed(this);
    if (this.size && !this.stopped && !this.refused) this.#schedule(this.offlineSince === null ? 0 : this.wait);
  }

  /** Send until nothing waits any more; false when that doesn't work within the given milliseconds. */
  async drain(milliseconds) {
    const end = performance.now() + milliseconds;
    while (this.size && performance.now() < end && !this.refused) {
      await this.flush();
      if (this.size) await new Promise((done) => setTimeout(done, 250));
    }
    return this.size === 0;
  }

  /** Tell that the server was heard of by other ways than a save. */
  heard() {
    const was = this.offlineSince;
    this.offlineSince = null;
    this.wait = FIRST_WAIT;
    if (was !== null) { this.changed(this); this.#schedule(0); }
  }

  /** Tell that the server can't be reached. */
  lost() { this.#away(); this.changed(this); }

  /** Forget everything that is kept for this sitting. */
  clear() { localStorage.removeItem(this.name); }

  /** Stop sending (another seat or tab goes on). */
  stop() { this.stopped = true; clearTimeout(this.timer); }

  #arrived(saves, body) {
    this.heard();
    const kept = this.#read() ?? { epoch: this.epoch, sequence: 0, proof: this.proof, pending: {} };
    for (const save of saves) {
      const told = body.saved.find((it) => (it.item ?? it.target) === save.item && it.seq === save.seq);
      const waiting = kept.pending[save.item];
      if (!told || !waiting || waiting.seq !== save.seq) continue;
      if (told.conflict) { kept.sequence += 1000; waiting.seq = kept.sequence; continue; }
      delete kept.pending[save.item];
      if (told.verdict === "counted") this.lastSaved = { item: save.item, at: told.at ?? body.now };
    }
    this.#write(kept);
    this.answered?.(body);
  }

  #away() {
    this.offlineSince ??= performance.now();
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  #schedule(milliseconds) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.flush(), milliseconds);
  }

  #read() {
    try { return JSON.parse(localStorage.getItem(this.name)); } catch { return this.memory ?? null; }
  }

  #write(kept) {
    this.memory = kept;
    try { localStorage.setItem(this.name, JSON.stringify(kept)); } catch { /* no storage: memory has to do */ }
  }
}

/** Send what an older seat left in this browser, under its own proof: it is kept, and shown to the invigilator. */
export async function handOver(leftovers, send) {
  const saves = Object.values(leftovers?.pending ?? {});
  if (!saves.length) return;
  try { await send(saves, leftovers.epoch, leftovers.proof); } catch { /* they were of no account any more */ }
}
