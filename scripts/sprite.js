// Prints an SVG sprite of the icons in use, out of the folder of Lucide icons named on the command line.
const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const inUse = [
  "arrow-down", "arrow-left", "arrow-right", "arrow-up", "badge-check", "check", "chevron-down", "chevron-right", "circle-check", "circle-dashed", "circle-dot",
  "circle-question-mark", "circle-x", "clock", "columns-3", "copy", "download", "external-link", "hourglass", "keyboard", "landmark", "lock", "log-out",
  "mail", "menu", "message-square", "minus", "octagon-alert", "package", "plus", "refresh-cw", "rotate-ccw", "scissors", "search", "settings",
  "shield-alert", "shield-check", "sun", "triangle-alert", "truck", "upload", "user", "x",
];

const symbol = (name) => {
  const svg = readFileSync(join(process.argv[2], name + ".svg"), "utf8");
  const shapes = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  const tight = shapes.replace(/\s*\n\s*/g, "").replace(/ \/>/g, "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${tight}</symbol>`;
};

console.log("<!-- Icons: Lucide 1.62.0, ISC License, (c) 2026 Lucide Icons and Contributors; some derived from Feather, MIT, " +
  "(c) 2013-present Cole Bemis. Only the icons in use. -->");
console.log(`<svg xmlns="http://www.w3.org/2000/svg">\n${inUse.map(symbol).join("\n")}\n</svg>`);
