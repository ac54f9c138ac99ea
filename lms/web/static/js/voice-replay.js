// Listens to a call again: waveforms drawn from the sound itself, what was said and found marked on them, a click jumps
// there. Nothing is fetched before somebody asks, since listening is written down.
const $ = (id) => document.getElementById(id);
const RATE = 16000, AHEAD_MS = 400;
const root = $("replay");
const clockText = (ms) => `${String(Math.floor(ms / 60000)).padStart(2, "0")}:${String(Math.floor(ms / 1000) % 60).padStart(2, "0")}`;

class Replay {
  constructor() {
    this.tracks = [...root.querySelectorAll("[data-track]")].map(({ dataset }) => ({ ...dataset, begins: Number(dataset.begins) }));
    // A spoken reply reached the log when its words were picked; it is heard where it was spoken.
    const places = JSON.parse(root.dataset.places), heardAt = (ms) => places[ms] ?? Number(ms);
    this.rows = [...document.querySelectorAll("tr[data-ms]")].map((row) => ({
      row, who: row.dataset.who, at: row.dataset.who === "me" ? heardAt(row.dataset.ms) : Number(row.dataset.ms) }));
    this.found = [...document.querySelectorAll(".cks .at[data-ms]")].map((mark) => ({ mark, at: heardAt(mark.dataset.ms) }));
    this.at = 0;
    this.playing = [];
  }

  load() {
    this.loading ??= this.fetched().catch((error) => { $("replay-state").textContent = root.dataset.broken; throw error; });
    return this.loading;
  }

  async fetched() {
    $("replay-state").textContent = root.dataset.loading;
    this.sound = new AudioContext();
    const decoder = new OfflineAudioContext(1, RATE, RATE);
    for (const track of this.tracks) {
      const answer = await fetch(track.track, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      track.buffer = await decoder.decodeAudioData(await answer.arrayBuffer());
      track.samples = track.buffer.getChannelData(0);
    }
    this.length = Math.max(1000, ...this.tracks.map((track) => track.begins + track.buffer.duration * 1000), ...this.rows.map((row) => row.at));
    $("replay-at").max = Math.ceil(this.length);
    $("replay-player").hidden = false;
    $("replay-state").textContent = "";
    if ($("replay-load")) $("replay-load").hidden = true;
    this.place();
    this.draw();
  }

  place() {
    const made = this.rows.map(({ row, at, who }) => {
      const mark = Object.assign(document.createElement("button"), { type: "button", className: `rp-mark ${who}`, title: `${clockText(at)} ${row.lastElementChild.textContent}` });
      mark.setAttribute("aria-label", mark.title);
      mark.style.left = `${(100 * at) / this.length}%`;
      mark.addEventListener("click", () => this.from(at - AHEAD_MS));
      return mark;
    });
    $("replay-marks").replaceChildren(...made);
    for (const { mark, at } of this.found) {
      mark.tabIndex = 0;
      mark.setAttribute("role", "button");
      mark.classList.add("jump");
      mark.addEventListener("click", () => this.from(at - AHEAD_MS));
      mark.addEventListener("keydown", (event) => event.key === "Enter" && this.from(at - AHEAD_MS));
    }
  }

  draw() {
    const canvas = $("replay-wave"), width = canvas.clientWidth, ratio = window.devicePixelRatio || 1, height = 120;
    canvas.width = width * ratio;
    canvas.height = height * ratio;
    const pen = canvas.getContext("2d"), colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
    pen.scale(ratio, ratio);
    const lane = height / this.tracks.length;
    this.tracks.forEach((track, number) => {
      const middle = lane * (number + 0.5);
      pen.fillStyle = colour(number ? "--ok" : "--indigo");
      for (let x = 0; x < width; x += 2) {
        const first = Math.floor(((x / width) * this.length - track.begins) * RATE / 1000), last = Math.floor((((x + 2) / width) * this.length - track.begins) * RATE / 1000);
        let peak = 0;
        for (let i = Math.max(0, first); i < Math.min(track.samples.length, last); i += 4) peak = Math.max(peak, Math.abs(track.samples[i]));
        const tall = Math.max(1, peak * lane * 0.95);
        pen.fillRect(x, middle - tall / 2, 1.5, tall);
      }
    });
    for (const { at, who } of this.rows) {
      pen.fillStyle = colour(who === "me" ? "--indigo" : "--line-2");
      pen.fillRect((at / this.length) * width, 0, 1, height);
    }
    pen.fillStyle = colour("--act");
    pen.fillRect((this.at / this.length) * width, 0, 2, height);
  }

  /** Play from a place on the call clock, up to another if there is one. */
  async from(ms, until = Infinity) {
    await this.load();
    this.halt();
    this.at = Math.min(Math.max(0, ms), this.length);
    this.until = Math.min(until, this.length);
    await this.sound.resume();
    const now = this.sound.currentTime + 0.05;
    for (const track of this.tracks) {
      const source = this.sound.createBufferSource(), offset = (this.at - track.begins) / 1000;
      source.buffer = track.buffer;
      source.connect(this.sound.destination);
      if (offset < track.buffer.duration) source.start(now + Math.max(0, -offset), Math.max(0, offset));
      this.playing.push(source);
    }
    this.zero = now - this.at / 1000;
    $("replay-play").textContent = root.dataset.pause;
    this.tick();
  }

  tick() {
    this.at = (this.sound.currentTime - this.zero) * 1000;
    if (this.at >= this.until) { this.at = this.until; this.halt(); }
    this.show();
    if (this.playing.length) this.frame = requestAnimationFrame(() => this.tick());
  }

  halt() {
    cancelAnimationFrame(this.frame);
    for (const source of this.playing) { try { source.stop(); } catch { /* never started */ } }
    this.playing = [];
    $("replay-play").textContent = root.dataset.play;
  }

  show() {
    $("replay-at").value = this.at;
    $("replay-clock").textContent = clockText(Math.max(0, this.at));
    const heard = this.rows.filter(({ at }) => at <= this.at + AHEAD_MS).reduce((last, row) => (last && last.at > row.at ? last : row), null);
    this.rows.forEach(({ row }) => row.classList.toggle("now", row === heard?.row));
    $("replay-caption").textContent = heard ? `${heard.row.querySelector("th").textContent}：${heard.row.lastElementChild.textContent}` : "";
    this.draw();
  }
}

if (root) {
  const replay = new Replay();
  $("replay-load")?.addEventListener("click", () => replay.load().then(() => $("replay-play").focus(), () => {}));
  $("replay-play").addEventListener("click", () => (replay.playing.length ? replay.halt() : replay.from(replay.at >= replay.length ? 0 : replay.at)));
  $("replay-at").addEventListener("input", (event) => { replay.halt(); replay.at = Number(event.target.value); replay.show(); });
  $("replay-wave").addEventListener("click", (event) => replay.from((event.offsetX / event.target.clientWidth) * replay.length));
  window.addEventListener("resize", () => replay.length && replay.draw());
  const turn = (item) => {
    const track = replay.tracks.find(({ id }) => id === item.dataset.id);
    if (track) replay.from(track.begins + Number(item.dataset.from) - AHEAD_MS, track.begins + Number(item.dataset.to) + AHEAD_MS).catch(() => {});
  };
  document.querySelectorAll("[data-turn]").forEach((item) => item.querySelector("[data-play-turn]").addEventListener("click", () => turn(item)));
  document.addEventListener("keydown", (event) => {
    const item = event.altKey && event.code === "KeyP" && document.activeElement.closest("[data-turn]");
    if (item) { event.preventDefault(); turn(item); }
  });
}
