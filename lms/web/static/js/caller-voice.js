// The caller's voice: plays a line that has been said, at the learner's speed, or is silent for as long as it takes to
// read it. Captions are the transcript; a learner who wants captions alone switches the voice off.
const $ = (id) => document.getElementById(id);
const SPEED = "floorready.caller.speed";

function kept() {
  try { return localStorage.getItem(SPEED); } catch { return null; }
}

export class CallerVoice {
  /** lines: gives the address of the call's lines. */
  constructor(lines) {
    Object.assign(this, { lines, queue: Promise.resolve(), sound: null });
    this.choice = $("caller-speed");
    if (!this.choice) return;
    if ([...this.choice.options].some((option) => option.value === kept())) this.choice.value = kept();
    this.choice.addEventListener("change", () => {
      try { localStorage.setItem(SPEED, this.choice.value); } catch { /* private browsing: it holds for this page */ }
      if (this.sound) this.speed === 0 ? this.stop() : this.sound.playbackRate = this.speed;
    });
  }

  /** 0 for captions alone, else 0.75, 1 or 1.25. */
  get speed() { return Number(this.choice?.value ?? 1); }

  /** Play line `index` after those before it, or be silent for `silentFor` ms from now. */
  play(index, { sounds, silentFor, begun, ended }) {
    if (!sounds || this.speed === 0) {
      begun();
      setTimeout(ended, silentFor);
      return;
    }
    $("no-voice")?.setAttribute("hidden", "");
    this.queue = this.queue.then(() => this.spoken(`${this.lines()}/${index}`, silentFor, begun)).then(ended);
  }

  async spoken(url, silentFor, begun) {
    const sound = new Audio(url);
    sound.playbackRate = this.speed || 1;
    sound.preservesPitch = true;
    const over = new Promise((done) => {
      for (const end of ["ended", "error", "abort", "pause"]) sound.addEventListener(end, () => done(end), { once: true });
    });
    begun();
    this.sound = sound;
    try {
      await sound.play();
      await over;
    } catch {
      if (this.sound === sound) await new Promise((done) => setTimeout(done, silentFor)); // no sound here: read it
    }
    if (this.sound === sound) this.sound = null;
  }

  /** Be quiet at once; true when a line was cut off. */
  stop() {
    const playing = this.sound;
    this.sound = null;
    playing?.pause();
    return Boolean(playing);
  }
}
