// Helpers without side effects, for every area's module.

/** The token that every change has to carry. */
export const token = () => document.querySelector('meta[name="csrf-token"]')?.content ?? "";

async function answerOf(response) {
  const type = response.headers.get("Content-Type") ?? "";
  const body = type.includes("json") ? await response.json() : await response.text();
  if (!response.ok) {
    const error = new Error(body?.error?.message || response.statusText);
    throw Object.assign(error, { status: response.status, body });
  }
  return body;
}

/** Send JSON; resolves with the parsed answer, rejects with {status, body}. A lost network rejects without status. */
export async function post(url, data, options = {}) {
  const response = await fetch(url, {
    method: "POST", credentials: "same-origin", ...options,
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token(), ...options.headers },
    body: JSON.stringify(data),
  });
  return answerOf(response);
}

/** Fetch JSON. */
export async function getJSON(url, options = {}) {
  const response = await fetch(url, { credentials: "same-origin", ...options, headers: { Accept: "application/json", ...options.headers } });
  return answerOf(response);
}

/** Show a short message for a while; screen readers hear it. */
export function toast(text, { state = "", seconds = 6 } = {}) {
  const box = document.querySelector("[data-toasts]");
  if (!box) return;
  const note = document.createElement("div");
  note.className = "toast-f" + (state ? ` is-${state}` : "");
  note.textContent = text;
  box.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}

/** Say something to screen readers alone. */
export function announce(text) {
  let box = document.getElementById("announcer");
  if (!box) {
    box = Object.assign(document.createElement("div"), { id: "announcer", className: "visually-hidden" });
    box.setAttribute("role", "status");
    document.body.append(box);
  }
  box.textContent = "";
  requestAnimationFrame(() => { box.textContent = text; });
}
