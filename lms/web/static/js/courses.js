// The course player: counts time in front of the learner, remembers the place, keeps notes.
import { announce, post } from "./kit.js";

const SEND_EVERY = 15_000; // ms between reports
const LONGEST_STEP = 1_500; // ms of film between two "timeupdate"s that still count as played

const player = document.querySelector("[data-player]");
const status = document.querySelector("[data-status]");
const button = document.querySelector("[data-done-button]");
const word = document.querySelector("[data-done-word]");
const film = document.querySelector("[data-film]");

const inFront = () => document.visibilityState === "visible" && document.hasFocus();
const fill = (text, name, value) => text.replace(`{${name}}`, value);
const clock = (seconds) => `${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}`;

class Study {
  constructor(element) {
    this.words = element.dataset;
    this.url = element.dataset.progress;
    this.isFilm = element.dataset.kind === "video";
    this.left = Number(element.dataset.seconds) * 1000; // what the server still asks for
    this.seen = 0; // in front since the last report
    this.played = [];
    this.span = null;
    this.met = !button || button.getAttribute("aria-disabled") !== "true";
    this.sending = false;
    this.ticked = performance.now();
    this.sent = performance.now();
  }

  tick() {
    const now = performance.now();
    if (inFront()) this.seen += Math.min(now - this.ticked, 2_000);
    this.ticked = now;
    this.show();
    const ready = !this.met && !this.isFilm && this.left > 0 && this.seen >= this.left;
    if (now - this.sent >= SEND_EVERY || ready) this.send();
  }

  show() {
    if (!button || this.met) return;
    const rest = Math.ceil(Math.max(0, this.left - this.seen) / 1000);
    if (!this.isFilm) word.textContent = fill(this.words.wordLeft, "time", clock(rest));
    if (status && !this.isFilm) status.textContent = inFront() ? "" : this.words.wordAway;
  }

  position() {
    if (film) return Math.round(film.currentTime * 1000);
    const room = document.documentElement.scrollHeight - window.innerHeight;
    return room > 0 ? Math.round((window.scrollY / room) * 1000) : 0;
  }

  watch() {
    const at = Math.round(film.currentTime * 1000);
    if (film.seeking) { this.span = null; return; }
    if (this.span && at >= this.span[1] && at - this.span[1] <= LONGEST_STEP * film.playbackRate) this.span[1] = at;
    else { this.span = [at, at]; this.played.push(this.span); }
  }

  async send({ keepalive = false } = {}) {
    if (this.sending) return;
    this.sending = true;
    const seen = Math.round(this.seen);
    const played = this.played.filter(([from, to]) => to > from);
    this.seen -= seen;
    this.played = this.span ? [(this.span = [this.span[1], this.span[1]])] : [];
    this.sent = performance.now();
    try {
      this.take(await post(this.url, { seen_ms: seen, played, position: this.position() }, { keepalive }));
    } catch (error) {
      if (error.status === undefined) { // the network is gone: nothing is lost, it goes with the next report
        this.seen += seen;
        this.played = [...played, ...this.played];
        if (status) status.textContent = this.words.wordLost;
      }
    } finally {
      this.sending = false;
    }
  }

  take(answer) {
    if (status) status.textContent = "";
    this.left = answer.lack === "seconds" ? answer.left * 1000 : 0;
    const watched = document.querySelector("[data-watched]");
    if (watched) watched.textContent = fill(this.words.wordWatched, "percent", answer.played_percent);
    if (answer.met && !this.met) {
      this.met = true;
      button?.removeAttribute("aria-disabled");
      if (word && !this.isFilm) word.textContent = this.words.wordDone;
      announce(word?.textContent ?? "");
    }
    this.show();
  }
}

function resume(position) {
  if (film) {
    film.addEventListener("loadedmetadata", () => {
      if (position > 0 && position < film.duration * 1000 - 2_000) film.currentTime = position / 1000;
    }, { once: true });
    return;
  }
  const room = document.documentElement.scrollHeight - window.innerHeight;
  if (position > 30 && !location.hash && room > 0) window.scrollTo({ top: (position / 1000) * room });
}

function follow(study) {
  study.send(); // opens the unit
  setInterval(() => study.tick(), 1_000);
  if (film) {
    film.addEventListener("timeupdate", () => study.watch());
    film.addEventListener("seeking", () => { study.span = null; });
    for (const name of ["pause", "ended"]) film.addEventListener(name, () => study.send());
  }
  document.addEventListener("visibilitychange", () => { study.tick(); if (document.hidden) study.send({ keepalive: true }); });
  window.addEventListener("pagehide", () => study.send({ keepalive: true }));
  document.querySelector("[data-done]")?.addEventListener("submit", async (event) => {
    if (button.dataset.sure) return;
    event.preventDefault();
    if (!study.met) { announce(word.textContent); await study.send(); if (!study.met) return; }
    else await study.send();
    button.dataset.sure = "1";
    event.target.submit();
  });
}

function captions() {
  const chip = document.querySelector("[data-captions]");
  chip?.addEventListener("click", () => {
    const on = chip.getAttribute("aria-pressed") !== "true";
    chip.setAttribute("aria-pressed", String(on));
    for (const track of film.textTracks) track.mode = on ? "showing" : "hidden";
  });
  const rates = [...document.querySelectorAll("[data-rate]")];
  for (const rate of rates) {
    rate.addEventListener("click", () => {
      film.playbackRate = Number(rate.dataset.rate);
      for (const each of rates) each.setAttribute("aria-pressed", String(each === rate));
    });
  }
  const lines = [...document.querySelectorAll("[data-transcript] li")];
  for (const line of lines) {
    line.querySelector("button").addEventListener("click", () => { film.currentTime = Number(line.dataset.from) / 1000; film.play(); });
  }
  film.addEventListener("timeupdate", () => {
    const at = film.currentTime * 1000;
    for (const line of lines) {
      const here = at >= Number(line.dataset.from) && at < Number(line.dataset.to);
      if (here) line.setAttribute("aria-current", "true"); else line.removeAttribute("aria-current");
    }
  });
}

function quoting() {
  const form = document.querySelector("[data-note-form]");
  const shown = form?.querySelector("[data-note-quote]");
  if (!form) return;
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const text = selection?.toString().trim() ?? "";
    const inside = selection?.anchorNode && document.querySelector("[data-text]")?.contains(selection.anchorNode);
    if (!text || !inside) return;
    form.quote.value = text.slice(0, 2000);
    shown.textContent = text.length > 80 ? `${text.slice(0, 79)}…` : text;
    shown.hidden = false;
  });
}

if (player) {
  resume(Number(player.dataset.position));
  if (player.dataset.counts === "1" && ["page", "document", "video"].includes(player.dataset.kind)) follow(new Study(player));
  if (film) captions();
  quoting();
}
