// Sign-in pages: show a password, send six digits by themselves, count the seconds they are good for, print codes.

for (const button of document.querySelectorAll("[data-reveal]")) {
  const field = document.getElementById(button.dataset.reveal);
  button.addEventListener("click", () => {
    const shown = field.type === "text";
    field.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
    field.focus();
  });
}

for (const field of document.querySelectorAll("[data-digits]")) {
  const wanted = Number(field.dataset.digits);
  field.addEventListener("input", () => {
    const digits = field.value.replace(/\D/g, "").slice(0, wanted);
    field.value = digits.length > 3 ? `${digits.slice(0, 3)} ${digits.slice(3)}` : digits;
    if (digits.length === wanted && field.form.matches("[data-auto]")) field.form.requestSubmit();
  });
}

for (const place of document.querySelectorAll("[data-period]")) {
  const period = Number(place.dataset.period);
  const offset = Number(place.dataset.now) - Date.now() / 1000; // the server's clock is the one that counts
  const tell = () => {
    const left = period - Math.floor((Date.now() / 1000 + offset) % period);
    place.textContent = place.dataset.text.replace("{n}", left);
  };
  tell();
  setInterval(tell, 1000);
}

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
