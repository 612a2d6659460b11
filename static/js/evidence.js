// The dispute desk's own script: a draft that saves itself, characters counted, files sent one by one with their progress. Every page works
// without it.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
  const number = (n) => n.toLocaleString("en-US");
  const runes = (text) => [...text.replace(/\r\n/g, "\n").trim()].length;

  // ---- counting ----

  const count = (form) => {
    let all = 0;
    for (const part of $$("[data-count]", form)) {
      const field = form.elements[part.dataset.count];
      const n = runes(field.value);
      const max = Number(part.dataset.max);
      all += n;
      part.textContent = `${number(n)} of ${number(max)} characters`;
      part.classList.toggle("t-bad", n > max);
    }
    const together = $("[data-together]", form);
    if (together) {
      together.textContent = `${number(all)} of 150,000 characters in all`;
      together.classList.toggle("t-bad", all > 150000);
    }
  };

  // ---- a draft saves itself: soon after the last letter, never twice at once, and what is typed meanwhile goes with the next ----

  const saving = new WeakMap();
  const save = async (form) => {
    const state = saving.get(form);
    if (state.busy) return;
    state.busy = true;
    state.again = false;
    const note = $("[data-saved]", form);
    try {
      const body = new URLSearchParams();
      for (const [name, value] of new FormData(form)) if (name !== "step" && name !== "forget") body.append(name, value);
      const response = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
      const answer = await response.json();
      note.textContent = answer.message || "Not saved: the desk could not answer.";
      for (const [name, base] of Object.entries(answer.bases || {})) form.elements["base." + name].value = base;
    } catch {
      note.textContent = "Not saved: no answer came. It is tried again when you go on.";
    }
    state.busy = false;
    if (state.again) later(form);
    else if (!form.isConnected) location.reload(); // the page turned into another phase meanwhile: show it with what was just saved
  };
  const later = (form) => {
    const state = saving.get(form) || {};
    saving.set(form, state);
    state.again = true;
    clearTimeout(state.timer);
    state.timer = setTimeout(() => save(form), 1200);
  };
  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (!form) return;
    count(form);
    later(form);
  });
  document.addEventListener("submit", (event) => {
    const state = saving.get(event.target);
    if (state) clearTimeout(state.timer); // what is sent by hand is saved by hand
  });

  // ---- files ----

  const line = (list, name) => {
    const li = document.createElement("li");
    const text = document.createElement("span");
    text.className = "n";
    text.textContent = name;
    const meta = document.createElement("span");
    meta.className = "meta";
    const bar = document.createElement("progress");
    bar.className = "meter";
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute("aria-label", "Upload of " + name);
    text.append(meta, bar);
    const stop = document.createElement("button");
    stop.type = "button";
    stop.className = "btn ghost sm";
    stop.textContent = "Stop";
    li.append(text, stop);
    list.append(li);
    return { li, meta, bar, stop };
  };

  const send = (form, file, part) => new Promise((done) => {
    const body = new FormData();
    body.append("csrf_token", form.elements.csrf_token.value);
    body.append("field", form.elements.field.value);
    body.append("file", file);
    const request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    const kb = (n) => number(Math.ceil(n / 1000));
    request.upload.addEventListener("progress", (event) => {
      part.bar.value = event.total ? (event.loaded * 100) / event.total : 0;
      part.meta.textContent = `${kb(event.loaded)} of ${kb(event.total)} kB sent`;
    });
    const fail = (text) => {
      part.li.className = "bad";
      part.meta.textContent = "Not taken: " + text;
      part.meta.setAttribute("role", "alert");
      part.bar.remove();
      part.stop.textContent = "Dismiss";
      part.stop.onclick = () => part.li.remove();
      done(false);
    };
    part.stop.onclick = () => request.abort();
    request.addEventListener("load", () => {
      if (request.status === 201) { part.li.remove(); done(true); return; }
      let message = "the desk could not answer.";
      try { message = JSON.parse(request.responseText).message || message; } catch { /* no JSON: the sentence above */ }
      fail(request.status === 413 ? "it is too large." : message);
    });
    request.addEventListener("error", () => fail("no answer came. Try again."));
    request.addEventListener("abort", () => fail("stopped."));
    request.send(body);
  });

  const upload = async (form, files) => {
    const list = $("[data-uploads]", form);
    const parts = [...files].map((file) => [file, line(list, file.name)]);
    let taken = 0;
    for (const [file, part] of parts) if (await send(form, file, part)) taken++;
    form.elements.file.value = "";
    if (taken === 0) return;
    const kept = $$("li.bad", list); // what was refused stays to be read
    const answer = await fetch(form.dataset.reload, { headers: { "HX-Request": "true", "HX-Target": "section#dispute-files" } });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("#dispute-files");
    const old = form.closest("#dispute-files");
    if (!answer.ok || !fresh || !old) return;
    const shows = form.elements.field.value;
    const here = old.contains(document.activeElement); // who has gone on to write elsewhere is left there
    old.replaceWith(fresh);
    window.htmx?.process?.(fresh);
    const again = $("form[data-upload]", fresh);
    if (!again) return;
    again.elements.field.value = shows;
    $("[data-uploads]", again).append(...kept);
    prepare();
    if (here) again.elements.file.focus();
  };
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("form[data-upload]");
    if (form && event.target.type === "file" && event.target.files.length) upload(form, event.target.files);
  });
  document.addEventListener("dragover", (event) => { if (event.target.closest?.("form[data-upload] .drop")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const form = event.target.closest?.("form[data-upload] .drop")?.closest("form");
    if (!form || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    upload(form, event.dataTransfer.files);
  });

  const prepare = () => {
    for (const form of $$("form[data-draft]")) if (!saving.has(form)) count(form);
    for (const part of $$("[data-plain-upload]")) part.hidden = true;
    if (location.hash === "#accept") $("#accept")?.closest("details")?.setAttribute("open", "");
  };
  document.addEventListener("htmx:after:swap", prepare);
  addEventListener("hashchange", prepare);
  prepare();
})();
