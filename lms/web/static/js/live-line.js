// The direct line of a live call: tells pages to look at the site again, and carries what two browsers need to hear each
// other. It keeps nothing: while it is down, pages look at the site by themselves.
import { post } from "./kit.js";

const ELSEWHERE = 4000, LONGEST_PAUSE_MS = 10000;

/** Keep a line open to everybody in the call. Handlers: poke(), present([parts]), signal(message), down(elsewhere). */
export function openLine(live, handlers) {
  let socket = null, falls = 0, over = false;

  async function connect() {
    if (over) return;
    try {
      const { address, ticket } = await post(`${live}/ticket`, {});
      socket = new WebSocket(`${address}?ticket=${encodeURIComponent(ticket)}`);
    } catch {
      return again();
    }
    socket.addEventListener("open", () => handlers.poke()); // whatever was missed
    socket.addEventListener("message", (event) => hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      socket = null;
      handlers.down(event.code === ELSEWHERE);
      if (event.code === ELSEWHERE) over = true;
      else again();
    });
  }

  function hear(message) {
    falls = 0;
    if (message.kind === "poke") handlers.poke();
    else if (message.kind === "room") handlers.present(message.present);
    else if (message.kind === "signal") handlers.signal(message);
  }

  function again() {
    falls += 1;
    setTimeout(connect, Math.min(LONGEST_PAUSE_MS, 300 * 2 ** Math.min(falls, 6)));
  }

  function say(message) {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  connect();
  return {
    poke: () => say({ kind: "poke" }),
    signal: (type, body = {}) => say({ kind: "signal", type, ...body }),
    close: () => { over = true; socket?.close(); },
  };
}

/** Show who is connected beside the voices. */
export function presence(bar) {
  const other = bar.dataset.part === "trainer" ? "learner" : "trainer", text = bar.querySelector("#present");
  return {
    present(parts) {
      bar.dataset.present = parts.join(" ");
      text.textContent = parts.includes(other) ? bar.dataset.wordThere : bar.dataset.wordAway;
    },
    down(elsewhere) {
      bar.dataset.present = "";
      text.textContent = elsewhere ? bar.dataset.wordElsewhere : bar.dataset.wordAlone;
    },
  };
}
