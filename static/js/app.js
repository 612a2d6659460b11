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
    $$("#bulk", root).forEach(tally);
    listen();
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
      say($("[data-announce]")?.textContent.trim() || document.title);
      return;
    }
    const polled = source?.matches?.('[hx-trigger^="every"], [data-live]');
    const result = $$("[data-focus]").find((e) => !e.dataset.seen);
    if (result) {
      result.dataset.seen = "yes";
      if (!polled) result.focus(); // an alert: announced by itself
    } else if (!polled && $("[data-announce]")) {
      say($("[data-announce]").textContent.trim());
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

  // ---- picking orders of a list ----

  const picked = (form) => $$('input[name="order"]:checked', form);

  // tally shows what is picked: how many, the sum per currency, and how many lack tracking.
  const tally = (form) => {
    const bar = $("[data-bulk]", form);
    if (!bar) return;
    const boxes = picked(form);
    const all = $("[data-bulk-all]", form);
    const every = Boolean(all?.checked);
    bar.hidden = boxes.length === 0 && !every;
    const sums = new Map();
    let missing = 0;
    for (const box of boxes) {
      const { currency, exponent, minor, tracking } = box.dataset;
      const sum = sums.get(currency) || { minor: 0n, exponent: Number(exponent) };
      sum.minor += BigInt(minor);
      sums.set(currency, sum);
      if (tracking === "no") missing++;
    }
    const count = every ? all.dataset.count : String(boxes.length);
    $("[data-bulk-count]", bar).textContent = count + " selected";
    $("[data-bulk-sums]", bar).replaceChildren(...(every ? [] : [...sums].sort().map(([currency, sum]) => {
      const part = document.createElement("span");
      show(part, format(sum.minor, sum.exponent), currency);
      return part;
    })));
    const note = $("[data-bulk-missing]", bar);
    note.hidden = every || missing === 0;
    note.textContent = missing + " without tracking";
    $("[data-bulk-clear]", bar).hidden = false;
    $("[data-bulk-capture]", bar).textContent = "Capture " + count;
    $$('input[name="order"]', form).forEach((box) => box.closest("tr").classList.toggle("on", box.checked));
    const head = $("[data-pick-all]", form);
    if (head) {
      const boxesHere = $$('input[name="order"]:not(:disabled)', form);
      head.hidden = false;
      head.checked = boxesHere.length > 0 && boxes.length === boxesHere.length;
      head.indeterminate = boxes.length > 0 && !head.checked;
    }
  };

  let lastPick = null;
  document.addEventListener("click", (event) => {
    const form = event.target.closest?.("#bulk");
    if (!form) return;
    if (event.target.matches('input[name="order"]')) {
      const boxes = $$('input[name="order"]:not(:disabled)', form);
      if (event.shiftKey && lastPick && boxes.includes(lastPick)) { // a range
        const [from, to] = [boxes.indexOf(lastPick), boxes.indexOf(event.target)].sort((a, b) => a - b);
        boxes.slice(from, to + 1).forEach((box) => { box.checked = event.target.checked; });
      }
      lastPick = event.target;
    } else if (event.target.closest("[data-bulk-clear]")) {
      $$('input[type="checkbox"]', form).forEach((box) => { box.checked = false; });
      $('tbody a.link', form)?.focus();
      say("Nothing selected");
    }
    tally(form);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("#bulk");
    if (!form) return;
    if (event.target.matches("[data-pick-all]")) {
      $$('input[name="order"]:not(:disabled)', form).forEach((box) => { box.checked = event.target.checked; });
    }
    tally(form);
    say($("[data-bulk-count]", form)?.textContent);
  });

  // ---- scanning: each code joins the lines at once, so that none is lost however fast they come ----

  const scan = () => {
    const field = $("#scan-code");
    const lines = $("#scan-lines");
    const said = $("#scan-said");
    const code = field.value.trim();
    field.value = "";
    field.focus();
    if (!code) return;
    const before = lines.value.trimEnd();
    if (before.split("\n").at(-1).trim() === code) {
      said.textContent = code + " was scanned twice in a row: it is kept once.";
      return;
    }
    lines.value = before ? before + "\n" + code : code;
    lines.scrollTop = lines.scrollHeight;
    said.textContent = code + " added.";
  };
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.id !== "scan-code") return;
    event.preventDefault();
    scan();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.('#scan button[value="scan"]')) return;
    event.preventDefault();
    scan();
  });

  // ---- a file dropped onto its place ----

  document.addEventListener("dragover", (event) => { if (event.target.closest?.(".drop")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    const field = event.target.closest?.(".drop") && $('input[type="file"]', event.target.closest(".drop"));
    if (!field || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    field.files = event.dataTransfer.files;
    say(field.files[0].name);
  });

  // ---- the palette: places, what this page offers, and a search ----

  const palette = $("#palette");
  const offers = () => {
    const links = $$("#palette-places a");
    const here = [["Capture", "#capture-amount"], ["Refund", '#refund-panel summary'], ["Add tracking", "#shipments summary"], ["Export as CSV", "[data-export]"], ["Save this view", '[popovertarget="save-view"]']]
      .map(([text, selector]) => [text, $("#main " + selector)]).filter(([, target]) => target);
    $("#palette-here").replaceChildren(...here.map(([text, target]) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "nav-a";
      button.textContent = text;
      button.addEventListener("click", () => {
        palette.close();
        target.scrollIntoView({ block: "center" });
        target.focus();
        if (target.matches("summary")) target.parentElement.open = true;
        else if (!target.matches("input")) target.click();
      });
      item.append(button);
      return item;
    }));
    return links;
  };
  const choices = () => $$("#palette a, #palette button.nav-a").filter((e) => !e.closest("li").hidden);
  const openPalette = () => {
    if (!palette || palette.open) return;
    offers();
    $("#palette-q").value = "";
    narrow();
    palette.showModal();
    $("#palette-q").focus();
  };
  // narrow leaves what holds the words that are typed; Enter without a choice searches the orders.
  const narrow = () => {
    const words = $("#palette-q").value.trim().toLowerCase();
    $$("#palette li").forEach((item) => { item.hidden = !item.textContent.toLowerCase().includes(words); });
    $("#palette-none").hidden = choices().length > 0;
  };
  palette?.addEventListener("input", narrow);
  palette?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.id === "palette-q" && event.target.value.trim() && choices().length > 0) {
      event.preventDefault();
      choices()[0].click();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const list = [$("#palette-q"), ...choices()];
    const at = list.indexOf(document.activeElement);
    list[(at + (event.key === "ArrowDown" ? 1 : list.length - 1)) % list.length].focus();
  });
  palette?.addEventListener("click", (event) => { if (event.target === palette) palette.close(); });

  // ---- live pages: one stream tells that something changed, and the page asks for its regions ----

  let stream = null;
  const listen = () => {
    const url = $("[data-live]")?.dataset.live;
    if (stream && stream.path === url) return;
    stream?.source.close();
    stream = null;
    if (!url || !window.EventSource) return;
    const source = new EventSource(url);
    source.addEventListener("changed", () => {
      if (document.querySelector("main :focus")?.matches("#today a, #today button")) return; // not under somebody's finger
      document.body.dispatchEvent(new CustomEvent("live"));
    });
    stream = { path: url, source };
  };

  // ---- keys ----

  const keysOn = () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } };
  document.addEventListener("change", (event) => {
    if (event.target.id !== "keys-on") return;
    try { localStorage.setItem("keys", event.target.checked ? "on" : "off"); } catch { /* the choice lasts as long as the page */ }
  });

  const places = { t: "/", o: "/orders", d: "/disputes", s: "/settlements" };
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
    c: () => ($("#capture-amount") || $("[data-bulk-capture]"))?.focus(),
    e: () => $("[data-export]")?.click(),
    x: () => document.activeElement?.closest("tr")?.querySelector('input[name="order"]')?.click(),
    j: () => step(1),
    k: () => step(-1),
  };

  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "k" && keysOn() && palette) {
      event.preventDefault();
      openPalette();
      return;
    }
    if (event.key === "Escape" && event.target.id === "q") event.target.blur();
    const field = event.target.closest?.('input:not([type="checkbox"]), select, textarea, [contenteditable], dialog');
    if (field || event.ctrlKey || event.metaKey || event.altKey || !keysOn() || !$("#keys")) return;
    if (event.key === "g") { afterG = Date.now(); return; }
    if (Date.now() - afterG < 1500 && places[event.key]) {
      const link = $(`.nav-a[href="${places[event.key]}"]`);
      if (link) { event.preventDefault(); link.click(); }
      return;
    }
    if (acts[event.key]) { event.preventDefault(); acts[event.key](); }
  });

  addEventListener("pagehide", () => { stream?.source.close(); stream = null; });
  prepare(document);
  const first = $("[data-focus]");
  if (first) { first.dataset.seen = "yes"; first.focus(); }
  if (location.hash === "#cancel") openFold();
})();
