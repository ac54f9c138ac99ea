// Records one side of a call: consent first, then the microphone, then chunks that go out one after the other and come
// again until each is acknowledged. A chunk that was acknowledged is on the server's disk.
import { getJSON, post, token } from "./kit.js";

const SLICE_MS = 4000, PATIENCE = 40;
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus"];
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** Why no microphone can be opened here: "insecure", "unable", or "" when it can. */
export function obstacle() {
  if (!window.isSecureContext || !navigator.mediaDevices) return "insecure";
  return KINDS.some((kind) => window.MediaRecorder?.isTypeSupported(kind)) ? "" : "unable";
}

export class Recording {
  /** Write the consent down, then open the microphone. Rejects with {status} or the browser's {name}. */
  static async agreed(urls, edition) {
    const { consent } = await post(urls.consent, { edition });
    const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: true, channelCount: 1 } });
    return new Recording(urls, consent, stream);
  }

  constructor(urls, consent, stream) {
    Object.assign(this, { urls, consent, stream, track: "", sent: 0, waiting: [], lost: false });
    this.draining = Promise.resolve();
  }

  /** Begin to record for a call. */
  async begin(call) {
    this.recorder = new MediaRecorder(this.stream, { mimeType: KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)), audioBitsPerSecond: 32000 });
    this.recorder.addEventListener("dataavailable", (event) => event.data.size && this.queue(event.data));
    this.stopped = new Promise((done) => this.recorder.addEventListener("stop", done));
    this.recorder.start(SLICE_MS);
    this.origin = performance.now();
    this.opening = this.opened(call);
    return this.opening;
  }

  async opened(call) {
    for (let attempt = 0; attempt < PATIENCE; attempt += 1) {
      try {
        const answer = await post(this.urls.tracks.replace("CALL", call), { consent: this.consent, ago_ms: this.elapsed });
        this.track = answer.track;
        return;
      } catch (error) {
        if (error.status && error.status < 500 && error.status !== 429) { this.lost = true; throw error; }
        await pause(500 * (attempt + 1));
      }
    }
  }

  /** Milliseconds since the track began. */
  get elapsed() { return Math.max(0, Math.round(performance.now() - this.origin)); }

  queue(blob) {
    this.waiting.push(blob);
    this.draining = this.draining.then(() => this.drain());
  }

  async drain() {
    await this.opening?.catch(() => {});
    for (let attempt = 0; this.waiting.length && this.track && attempt < PATIENCE;) {
      try {
        const content = await this.waiting[0].arrayBuffer();
        const digest = hex(await crypto.subtle.digest("SHA-256", content));
        const answer = await fetch(`${this.urls.track.replace("TRACK", this.track)}/chunks/${this.sent}`, {
          method: "PUT", body: content, credentials: "same-origin",
          headers: { "Content-Type": "application/octet-stream", Accept: "application/json", "X-CSRFToken": token(), "X-Chunk-SHA256": digest },
        });
        if (answer.ok) {
          this.waiting.shift();
          this.sent = (await answer.json()).next;
          attempt = 0;
        } else if (answer.status === 409) {
          const { next, closed } = await getJSON(this.urls.track.replace("TRACK", this.track));
          if (closed || next !== this.sent + 1) throw Object.assign(new Error("out of step"), { status: 409 });
          this.waiting.shift();
          this.sent = next;
        } else if (answer.status < 500 && answer.status !== 429) {
          throw Object.assign(new Error("refused"), { status: answer.status });
        } else attempt += 1;
      } catch (error) {
        if (error.status) { this.lost = true; return; }
        attempt += 1;
        await pause(Math.min(500 * attempt, 4000));
      }
    }
  }

  /** Send what was recorded up to now; resolves when it is on the server. */
  async flush() {
    if (this.recorder?.state !== "recording") return;
    const next = new Promise((done) => this.recorder.addEventListener("dataavailable", done, { once: true }));
    this.recorder.requestData();
    await next;
    await this.draining;
  }

  /** Stop, send the rest and close the track; the microphone is shut in any case. */
  async finish() {
    try {
      if (this.recorder && this.recorder.state !== "inactive") {
        this.recorder.stop();
        await this.stopped;
      }
      await this.draining;
      if (this.track && !this.lost) await post(`${this.urls.track.replace("TRACK", this.track)}/close`, { chunks: this.sent });
    } finally {
      this.stream.getTracks().forEach((one) => one.stop());
    }
  }
}
