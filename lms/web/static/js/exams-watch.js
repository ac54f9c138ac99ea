// What the page in the exam room says about itself: which question it shows, that it was left, that full screen ended.
// A hint for the invigilator and no more. What couldn't be told is kept in the browser and told later, once.

const EVERY = 10_000, PATIENCE = 8000, MOST = 50, BLINK = 800;

export class Watch {
  /**
   * address   where sightings go
   * name      the place in the browser's storage; it names sitting and seat
   * token     the seat's token
   * position  () => the question shown
   */
  constructor({ address, name, token, position }) {
    Object.assign(this, { address, name, token, position });
    this.away = false;
    this.stopped = false;
    this.kept = this.#read();
    const look = () => setTimeout(() => this.#look(), BLINK); // moving between our own parts is no leaving
    document.addEventListener("visibilitychange", look);
    window.addEventListener("blur", look);
    window.addEventListener("focus", look);
    document.addEventListener("fullscreenchange", () => { if (!document.fullscreenElement) this.happened("fullscreen_ended"); });
    this.timer = setInterval(() => this.tell(), EVERY);
    this.tell();
  }

  /** Keep an event, and tell it at once if that works. */
  happened(kind) {
    if (this.stopped) return;
    this.kept.sequence += 1;
    this.kept.events.push({ seq: this.kept.sequence, kind, at: Date.now() });
    this.kept.events = this.kept.events.slice(-MOST);
    this.#write();
    this.tell();
  }

  /** Say that the page is there, and everything that happened since it was last heard. */
  async tell() {
    if (this.stopped || this.busy) return;
    this.busy = true;
    const events = this.kept.events;
    const told = events.map(({ seq, kind, at }) => ({ seq, kind, ago: Math.min(Math.max((Date.now() - at) / 1000, 0), 43_000) }));
    try {
      const response = await fetch(this.address, {
        method: "POST", credentials: "omit", keepalive: true, signal: AbortSignal.timeout(PATIENCE),
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-Sitting-Token": this.token },
        body: JSON.stringify({ position: this.position(), events: told }),
      });
      if (response.ok || response.status === 422) {
        this.kept.events = this.kept.events.filter((it) => !events.includes(it));
        this.#write();
      }
    } catch { /* told next time */ }
    this.busy = false;
  }

  /** Forget what wasn't told. */
  stop() { this.stopped = true; clearInterval(this.timer); try { localStorage.removeItem(this.name); } catch { /* none */ } }

  #look() {
    const away = document.hidden || !document.hasFocus();
    if (away === this.away) return;
    this.away = away;
    this.happened(away ? "left" : "back");
  }

  #read() {
    try { return JSON.parse(localStorage.getItem(this.name)) ?? { sequence: 0, events: [] }; } catch { return { sequence: 0, events: [] }; }
  }

  #write() { try { localStorage.setItem(this.name, JSON.stringify(this.kept)); } catch { /* memory has to do */ } }
}
