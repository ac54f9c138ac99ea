// The voices of a live call: each side agrees, opens its microphone, hears the other from browser to browser, and records
// itself in chunks. Typing goes on beside it; without a microphone it is all there is.
import { Recording, obstacle } from "./recorder.js";

const LOUD = 0.02, ONSET_MS = 120, PAUSE_MS = 900, LONGEST_STRETCH_MS = 20000, LOOK_MS = 60, LONGEST_FINISH_MS = 10000;

/** Voices of one page. page: { root, line(), call(), began(), spoke({track, audio_ms, audio_to_ms}) }. */
export class Voices {
  constructor(bar, page) {
    Object.assign(this, { bar, page, words: bar.dataset, recording: null, peer: null, held: [] });
    this.leads = bar.dataset.part === "trainer";
    new MutationObserver(() => this.follow()).observe(page.root, { attributes: true, attributeFilter: ["data-phase"] });
    this.stand();
    this.button = bar.querySelector("#mic");
    if (!this.button) return;
    this.text = bar.querySelector("#voice-text");
    this.dialog = document.getElementById("consent");
    const why = obstacle();
    if (why) {
      this.button.hidden = true;
      this.say(why === "insecure" ? this.words.wordInsecure : this.words.wordUnable);
      return;
    }
    this.button.addEventListener("click", () => (this.recording ? this.mute() : this.dialog.showModal()));
    this.dialog.addEventListener("close", () => this.dialog.returnValue === "agree" && this.open());
  }

  /** Stand where people look: beside the phone until it is answered, then above the words. */
  stand() {
    const place = ["talking", "held", "ended"].includes(this.page.root.dataset.phase) ? document.querySelector(".comp") : document.getElementById("main");
    if (this.bar.parentElement !== place) place[place.id === "main" ? "append" : "prepend"](this.bar);
  }

  say(text) { this.text.textContent = text; }
  get talking() { return this.page.root.dataset.phase === "talking"; }

  /** Write the consent down, open the microphone, look for the other side. */
  async open() {
    const base = this.words.agree.replace(/\/consent$/, "");
    const urls = { consent: this.words.agree, tracks: `${base}/calls/CALL/tracks`, track: `${base}/tracks/TRACK` };
    try {
      this.recording = await Recording.agreed(urls, this.words.edition);
    } catch (error) {
      return this.say({ NotAllowedError: this.words.wordDenied, NotFoundError: this.words.wordNone }[error.name] ?? this.words.wordFailed);
    }
    this.button.setAttribute("aria-pressed", "true");
    this.say(this.words.wordAlone2);
    this.listen();
    this.follow();
    this.page.line().signal("ready");
  }

  mute() {
    this.muted = !this.muted;
    this.button.setAttribute("aria-pressed", String(!this.muted));
    this.follow();
  }

  /** Be heard and recorded while the call is talked; before the answer and on hold nothing leaves the page. */
  follow() {
    this.stand();
    if (!this.recording) return;
    this.recording.stream.getAudioTracks().forEach((one) => { one.enabled = this.talking && !this.muted; });
    if (this.talking && this.peer?.connectionState === "connected") this.say(this.words.wordHeard);
    if (this.talking && !this.begun) {
      this.begun = this.page.call().then((call) => this.recording.begin(call)).catch(() => this.say(this.words.wordLost));
    }
  }

  /** Note each stretch of speech of one's own, by loudness: its begin is the answer's time, its end is a turn. */
  listen() {
    const sound = new AudioContext(), meter = sound.createAnalyser(), heard = new Float32Array(1024);
    meter.fftSize = 1024;
    sound.createMediaStreamSource(this.recording.stream).connect(meter);
    let from = 0, last = 0, told = false;
    this.listening = setInterval(() => {
      if (!this.begun || !this.recording.track) return;
      meter.getFloatTimeDomainData(heard);
      const now = this.recording.elapsed, loud = Math.sqrt(heard.reduce((sum, value) => sum + value * value, 0) / heard.length) > LOUD;
      if (loud) {
        if (!from) from = now;
        last = now;
        if (!told && last - from >= ONSET_MS) {
          told = true;
          this.bar.dataset.speaking = "true";
          this.page.began?.();
        } else if (told && now - from >= LONGEST_STRETCH_MS) { // one turn in several pieces: nobody waits for its end
          this.page.spoke?.({ track: this.recording.track, audio_ms: from, audio_to_ms: now, continues: true });
          from = now;
        }
      } else if (from && now - last >= PAUSE_MS) {
        if (told) this.page.spoke?.({ track: this.recording.track, audio_ms: from, audio_to_ms: last });
        from = 0;
        told = false;
        delete this.bar.dataset.speaking;
      }
    }, LOOK_MS);
  }

  /* ── from browser to browser: the trainer's page offers, the learner's answers ── */
  async signal(message) {
    if (!this.button || (!this.recording && message.type !== "bye")) return;
    const line = this.page.line();
    if (message.type === "ready") {
      if (this.leads) await this.offer();
      else line.signal("ready");
    } else if (message.type === "offer") {
      this.connect();
      await this.peer.setRemoteDescription({ type: "offer", sdp: message.sdp });
      await this.answered();
      await this.peer.setLocalDescription(await this.peer.createAnswer());
      line.signal("answer", { sdp: this.peer.localDescription.sdp });
    } else if (message.type === "answer" && this.peer) {
      await this.peer.setRemoteDescription({ type: "answer", sdp: message.sdp });
      await this.answered();
    } else if (message.type === "candidate" && this.peer) {
      if (this.peer.remoteDescription) await this.peer.addIceCandidate(message).catch(() => {});
      else this.held.push(message);
    } else if (message.type === "bye") {
      this.peer?.close();
    }
  }

  async offer() {
    if (["connecting", "connected"].includes(this.peer?.connectionState)) return;
    this.connect();
    await this.peer.setLocalDescription(await this.peer.createOffer());
    this.page.line().signal("offer", { sdp: this.peer.localDescription.sdp });
  }

  async answered() {
    const held = this.held.splice(0);
    for (const candidate of held) await this.peer.addIceCandidate(candidate).catch(() => {});
  }

  connect() {
    this.peer?.close();
    this.held = [];
    const peer = this.peer = new RTCPeerConnection({ iceServers: JSON.parse(this.words.ice) });
    this.recording.stream.getTracks().forEach((one) => peer.addTrack(one, this.recording.stream));
    peer.addEventListener("icecandidate", ({ candidate }) => candidate && this.page.line().signal("candidate", {
      candidate: candidate.candidate, sdpMid: candidate.sdpMid, sdpMLineIndex: candidate.sdpMLineIndex }));
    peer.addEventListener("track", (event) => {
      this.other ??= new Audio();
      this.other.srcObject = event.streams[0];
      this.other.play().catch(() => {});
    });
    peer.addEventListener("connectionstatechange", () => {
      if (peer !== this.peer) return;
      this.bar.dataset.voice = peer.connectionState;
      if (peer.connectionState === "connected") this.say(this.talking ? this.words.wordHeard : this.words.wordJoined);
      if (["failed", "disconnected"].includes(peer.connectionState)) this.say(this.words.wordBroken);
      if (peer.connectionState === "failed") this.page.line().signal("ready");
    });
  }

  /** The direct line is there (again), or somebody came: try to hear each other. */
  greet(present) {
    if (this.recording && present.length > 1 && this.peer?.connectionState !== "connected") this.page.line().signal("ready");
  }

  /** Shut the microphone and send the rest; resolves when it is on the server, or after ten seconds. */
  async finish() {
    clearInterval(this.listening);
    if (this.peer) {
      this.page.line().signal("bye");
      this.peer.close();
    }
    if (!this.recording) return;
    this.say(this.words.wordSending);
    await Promise.race([Promise.resolve(this.begun).then(() => this.recording.finish()).catch(() => {}), new Promise((done) => setTimeout(done, LONGEST_FINISH_MS))]);
  }
}
