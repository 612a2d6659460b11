// Counterfoil's own script. Every page works without it: this adds the live sums of the capture form, keys, copying, focus after a
// partial update, and a guard against sending a form twice.
"use strict";
(() => {
  const $ = (selector, root = document) => root.querySelector(selector);
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // say announces a result to screen readers; the same words twice are said twice.
  const say = (text) => {
    const live = $("#live");
    if (!live || !text) return;
    live.textContent = "";
    setTimeout(() => { live.textContent = text; }, 50);
  };

  const toast = (text) => {
    const box = $("#toast");
    if (!box) return;
    box.textContent = text;
    box.hidden = false;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => { box.hidden = true; }, 12000);
  };

  // ---- amounts: whole minor units, never a float ----

  // parse reads an amount as people type it: no grouping, one point or comma, as many decimals as the currency has. null if it is none.
  const parse = (text, exponent) => {
    const m = /^(\d{1,15})(?:[.,](\d{1,3}))?$/.exec(text.trim());
    if (!m || (m[2] || "").length > exponent) return null;
    return BigInt(m[1] + (m[2] || "").padEnd(exponent, "0"));
  };

  const format = (minor, exponent) => {
    const digits = minor.toString().padStart(exponent + 1, "0");
    const whole = digits.slice(0, digits.length - exponent).replace(/\B(?=(\d{3})+$)/g, ",");
    return exponent ? whole + "." + digits.slice(-exponent) : whole;
  };

  const show = (part, text, currency) => {
    if (!part) return;
    const code = document.createElement("span");
    code.className = "c";
    code.textContent = currency;
    const money = document.createElement("span");
    money.className = "m";
    money.append(code, "\u00a0" + text);
    part.replaceChildren(money);
  };

  // summarize shows what the capture form as typed would capture and release.
  const summarize = (form) => {
    const { currency } = form.dataset;
    const exponent = Number(form.dataset.exponent);
    const all = BigInt(form.dataset.authorized);
    const amount = parse(form.elements.amount.value, exponent);
    const fits = amount !== null && amount > 0n && amount <= all;
    const lost = fits ? all - amount : 0n;
    const captured = $('[data-part="captured"]', form);
    const released = $('[data-part="released"]', form);
    show(captured, fits ? format(amount, exponent) : "–", currency);
    show(released, fits ? format(lost, exponent) : "–", currency);
    released?.classList.toggle("lost", lost > 0n);
    const share = (n) => (all > 0n ? Number((n * 10000n) / all) / 100 : 0);
    const kept = share(fits ? amount : 0n);
    $("[data-bar-kept]", form)?.setAttribute("width", kept);
    $("[data-bar-lost]", form)?.setAttribute("x", kept);
    $("[data-bar-lost]", form)?.setAttribute("width", fits ? 100 - kept : 0);
    const label = $("[data-capture-label]", form);
    if (!label) return;
    label.textContent = !fits ? "Capture"
      : `Capture ${currency}\u00a0${format(amount, exponent)}` + (lost > 0n ? ` and release ${currency}\u00a0${format(lost, exponent)}` : "");
  };

  document.addEventListener("input", (event) => {
    const form = event.target.closest?.("form[data-capture]");
    if (form && event.target.name === "amount") summarize(form);
  });

  // ---- what needs a script is shown where there is one ----

  const prepare = (root) => {
    $$("[data-copy]", root).forEach((button) => { button.hidden = !navigator.clipboard; });
    $$("[data-keys]", root).forEach((label) => { label.hidden = false; });
    const box = $("#keys-on");
    if (box) box.checked = keysOn();
    $$("form[data-capture]", root).forEach(summarize);
  };

  // ---- copying ----

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (button) {
      navigator.clipboard.writeText(button.dataset.copy).then(
        () => { button.classList.add("copied"); say("Copied"); setTimeout(() => button.classList.remove("copied"), 1500); },
        () => toast("The browser did not allow copying. Select the id and copy it yourself."),
      );
    }
    const jump = event.target.closest?.('a[href="#cancel"]');
    if (jump && openFold()) event.preventDefault();
  });

  // openFold opens the folded panel that a link within the page leads to.
  const openFold = () => {
    const fold = $("[data-fold]");
    if (!fold) return false;
    fold.open = true;
    fold.scrollIntoView({ block: "center" });
    $("select, input:not([type=hidden])", fold)?.focus();
    return true;
  };

  // ---- one form, one send ----

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-once")) return;
    if (form.dataset.sent && Date.now() - form.dataset.sent < 20000) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    form.dataset.sent = Date.now();
  }, true);
  const release = (root) => $$("form[data-sent]", root).forEach((form) => delete form.dataset.sent);
  addEventListener("pageshow", () => release(document));

  // ---- after a partial update ----

  document.addEventListener("htmx:finally:request", () => release(document));
  document.addEventListener("htmx:after:swap", (event) => {
    prepare(document);
    const ctx = event.detail?.ctx || {};
    const source = ctx.sourceElement;
    if (ctx.push) { // another page in the same shell
      $("#main h1")?.focus();
      say(document.title);
      return;
    }
    const polled = source?.matches?.('[hx-trigger^="every"]');
    const result = $$("[data-focus]").find((e) => !e.dataset.seen);
    if (result) {
      result.dataset.seen = "yes";
      if (!polled) result.focus(); // an alert: announced by itself
    } else if (!polled) {
      say($("#capture-panel .badge, #order-head .badge")?.textContent.trim());
    }
  });
  document.addEventListener("htmx:response:error", (event) => {
    const response = event.detail?.ctx?.response;
    if (!response || response.status < 500) return;
    if (event.detail.ctx.sourceElement?.hasAttribute("hx-status:" + response.status)) return; // the answer itself says it
    const ref = response.headers.get("X-Request-Id");
    toast("The desk could not answer that. Reload the page to see what is known before you try again." + (ref ? " Ref " + ref : ""));
  });
  document.addEventListener("htmx:error", () => {
    toast("No answer came. Reload the page to see what is known before you try again.");
  });

  // ---- keys ----

  const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    try { localStorage.setItem("keys", event.target.checked ? "on" : "off"); } catch { /* the choice lasts as long as the page */ }
  });

  const places = { o: "/orders", d: "/disputes", s: "/settlements" };
  const step = (by) => {
    const links = $$("[data-rows] tbody a.link");
    const at = links.indexOf(document.activeElement?.closest("tr")?.querySelector("a.link"));
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  let afterG = 0;
  const acts = {
    "/": () => {
      const wide = $("#q");
      if (wide.offsetParent) { wide.focus(); wide.select(); return; }
      $("#find").showPopover();
      $("#q2").focus();
    },
    "?": () => $("#keys").togglePopover(),
    c: () => $("#capture-amount")?.focus(),
    j: () => step(1),
    k: () => step(-1),
  };

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest?.("input, select, textarea, [contenteditable]");
    if (field || event.ctrlKey || event.metaKey || event.altKey || !keysOn() || !$("#keys")) return;
    if (event.key === "g") { afterG = Date.now(); return; }
    if (Date.now() - afterG < 1500 && places[event.key]) {
      const link = $(`.nav-a[href="${places[event.key]}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });

  prepare(document);
  $("[data-focus]")?.focus();
  if (location.hash === "#cancel") openFold();
})();
