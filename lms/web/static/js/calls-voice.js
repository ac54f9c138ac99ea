// Voice in the console: press and speak, then say which words it was. The whole side of the learner is recorded from
// the answer to the end; what is spoken while the key is held is one reply, and carries its stretch of the recording.
import { obstacle, Recording } from "./recorder.js";

const $ = (id) => document.getElementById(id);
const LEAST_MS = 250, LAST_WORDS_MS = 15000;

export class VoicePanel {
  /** call: what the console offers: move, ask (the recogniser), mayTalk, hush, changed, type. */
  constructor(root, call) {
    Object.assign(this, { call, data: root.dataset, recording: null, began: false, holding: false, span: null });
    this.words = $("voice-words").dataset;
    const key = $("talk-key");
    key.addEventListener("pointerdown", (event) => { event.preventDefault(); key.focus(); key.setPointerCapture(event.pointerId); this.press(); });
    key.addEventListener("pointerup", () => this.release());
    key.addEventListener("pointercancel", () => this.release());
    key.addEventListener("keydown", (event) => {
      if (event.key === " ") { event.preventDefault(); if (!event.repeat) this.press(); }
      if (event.key === "Enter") { event.preventDefault(); if (!event.repeat) this.toggle(); }
    });
    key.addEventListener("keyup", (event) => { if (event.key === " ") this.release(); });
    document.addEventListener("keydown", (event) => {
      if (event.key === "F9" && this.began) { event.preventDefault(); if (!event.repeat) this.toggle(); }
    });
  }

  get on() { return Boolean(this.recording); }

  /** Agree and open the microphone; false, and the reason on the page, when that can't be. */
  async open() {
    const hindered = obstacle();
    try {
      if (hindered) throw Object.assign(new Error(hindered), { name: hindered });
      const urls = { consent: this.data.consent, tracks: this.data.tracks, track: this.data.track };
      this.recording = await Recording.agreed(urls, this.data.edition);
      return true;
    } catch (error) {
      const why = { insecure: "insecure", unable: "unable", NotAllowedError: "denied", NotFoundError: "none" }[error.name] || "failed";
      $("speak-why").textContent = this.words[why];
      $("speak-why").hidden = false;
      return false;
    }
  }

  /** The phone was answered: record from now on. */
  async begin(id) {
    if (!this.on || this.began) return;
    this.began = true;
    this.id = id;
    $("talk-key").disabled = false;
    this.meter();
    this.tell("ready");
    $("talk-key").focus();
    try { await this.recording.begin(id); } catch { this.tell("lost"); }
  }

  press() {
    if (this.holding || !this.began || !this.call.mayTalk()) return;
    this.holding = true;
    this.call.hush();
    this.start = this.recording.elapsed;
    this.call.move("input_started", { mode: "voice" });
    $("talk-key").setAttribute("aria-pressed", "true");
    this.tell("speaking");
  }

  async release() {
    if (!this.holding) return;
    this.holding = false;
    $("talk-key").setAttribute("aria-pressed", "false");
    const end = this.recording.elapsed;
    if (end - this.start < LEAST_MS) return this.tell("short");
    this.span = { audio_ms: this.span ? this.span.audio_ms : this.start, audio_to_ms: end };
    await this.recording.opening?.catch(() => {});
    if (!this.recording.track) {
      this.span = null;
      this.tell("lost");
      return this.call.type();
    }
    this.span.track = this.recording.track;
    if (this.data.recogniser && await this.recognised()) return undefined;
    this.tell("which");
    return this.call.changed();
  }

  toggle() { return this.holding ? this.release() : this.press(); }

  /** Ask the server's recogniser; true when it heard words, which are on the transcript then. */
  async recognised() {
    this.tell("listening");
    try {
      await this.recording.flush();
      const heard = await this.call.ask(this.data.spoken.replace("CALL", this.id), this.span);
      if (heard) this.done();
      return heard;
    } catch { return false; }
  }

  /** What was spoken has its words now. */
  done() {
    this.span = null;
    this.tell("ready");
    this.call.changed();
  }

  /** The call is over: send the rest; never later than after some seconds. */
  async finish() {
    if (!this.on) return;
    $("talk-key").disabled = true;
    this.tell("sending");
    const late = new Promise((done) => setTimeout(done, LAST_WORDS_MS));
    await Promise.race([this.recording.finish().catch(() => {}), late]);
  }

  tell(state) {
    $("talk-state").dataset.state = state;
    $("talk-state").textContent = this.words[state];
  }

  meter() {
    const sound = new AudioContext(), ear = sound.createAnalyser(), heard = new Uint8Array(256);
    ear.fftSize = 256;
    sound.createMediaStreamSource(this.recording.stream).connect(ear);
    setInterval(() => {
      ear.getByteTimeDomainData(heard);
      $("level").value = this.holding ? Math.min(1, Math.max(...heard.map((v) => Math.abs(v - 128))) / 64) : 0;
    }, 100);
  }
}
