// The public check page: print, copy the fingerprint, and compare a PDF without uploading it.
const hex = (buffer) => [...new Uint8Array(buffer)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

async function compare(box, file) {
  const expected = document.querySelector("[data-hash]").dataset.hash;
  const verdict = box.querySelector("[data-verdict]");
  const found = hex(await crypto.subtle.digest("SHA-256", await file.arrayBuffer()));
  const same = found === expected;
  verdict.textContent = same ? verdict.dataset.same : verdict.dataset.other;
  verdict.className = `sm ${same ? "t-ok" : "t-bad"}`;
}

document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
document.querySelector("[data-copy]")?.addEventListener("click", (event) => {
  navigator.clipboard?.writeText(event.currentTarget.dataset.copy);
});

const box = document.querySelector("[data-compare]");
if (box && !globalThis.crypto?.subtle) {
  box.hidden = true; // without HTTPS a browser computes no hashes
} else if (box) {
  box.querySelector("input").addEventListener("change", (event) => {
    if (event.target.files[0]) compare(box, event.target.files[0]);
  });
  box.addEventListener("dragover", (event) => event.preventDefault());
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer.files[0]) compare(box, event.dataTransfer.files[0]);
  });
}
