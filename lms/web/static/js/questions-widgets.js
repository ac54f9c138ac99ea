// Reading and writing the answer of one question, for pages that save answers as they are given.
// The root is the element with data-question-widget; the answer is the JSON that marking expects.

/** Return the answer in a widget: id, list of ids, true/false, list of texts, or text; null or [] for none. */
export function readAnswer(root) {
  const inputs = [...root.querySelectorAll("input")];
  switch (root.dataset.kind) {
    case "single":
      return inputs.find((input) => input.checked)?.value ?? null;
    case "multiple":
      return inputs.filter((input) => input.checked).map((input) => input.value);
    case "true_false": {
      const chosen = inputs.find((input) => input.checked);
      return chosen ? chosen.value === "true" : null;
    }
    case "blank":
      return inputs.some((input) => input.value.trim()) ? inputs.map((input) => input.value.trim()) : [];
    default:
      return inputs[0]?.value.trim() || null;
  }
}

/** Show an answer in a widget; null empties it. */
export function writeAnswer(root, answer) {
  const inputs = [...root.querySelectorAll("input")];
  const list = Array.isArray(answer) ? answer : answer === null || answer === undefined ? [] : [answer];
  if (root.dataset.kind === "blank") inputs.forEach((input, place) => { input.value = list[place] ?? ""; });
  else if (root.dataset.kind === "numeric") inputs[0].value = list[0] ?? "";
  else inputs.forEach((input) => { input.checked = list.map(String).includes(input.value); });
}

/** Call back with the answer whenever it changes: at once for choices, after a pause (ms) while typing. */
export function onAnswer(root, callback, pause = 600) {
  let waiting = 0;
  const tell = () => { window.clearTimeout(waiting); waiting = 0; callback(readAnswer(root)); };
  root.addEventListener("input", (event) => {
    if (event.target.type !== "text") return;
    window.clearTimeout(waiting);
    waiting = window.setTimeout(tell, pause);
  });
  root.addEventListener("change", tell);
}
