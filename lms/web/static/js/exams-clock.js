// The server's clock on the page: it doesn't follow this computer's own when somebody sets that.

export class ServerClock {
  constructor(now) { this.set(now); }

  /** Take the server's time as it was a moment ago. */
  set(now) { this.base = Date.parse(now); this.mark = performance.now(); }

  /** The server's time now, in milliseconds since 1970. */
  get now() { return this.base + (performance.now() - this.mark); }
}

/** 18:36, or 1:02:09. */
export function countdown(milliseconds) {
  const total = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const two = (n) => String(n).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
}

/** 14:03:22 in the site's zone. */
export function timeOfDay(instant, zone) {
  return new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", timeZone: zone })
    .format(typeof instant === "string" ? Date.parse(instant) : instant);
}

/** Put values into a sentence: fill("{n} left", {n: 3}). */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "");
}
