// Elements, numbers and words. Text from data only ever becomes text nodes.
"use strict";
var dq = window.dq || {};
window.dq = dq;

dq.h = function (tag, attributes) {
  var svg = tag === "svg" || tag === "rect";
  var element = svg
    ? document.createElementNS("http://www.w3.org/2000/svg", tag)
    : document.createElement(tag);
  Object.keys(attributes || {}).forEach(function (name) {
    var value = attributes[name];
    if (value === null || value === undefined || value === false) return;
    if (name.slice(0, 2) === "on") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  });
  for (var i = 2; i < arguments.length; i++) dq.add(element, arguments[i]);
  return element;
};

dq.add = function (element, child) {
  if (child === null || child === undefined || child === false || child === "") return;
  if (Array.isArray(child)) child.forEach(function (one) { dq.add(element, one); });
  else if (child.nodeType) element.appendChild(child);
  else element.appendChild(document.createTextNode(String(child)));
};

// Text that came from data, kept from reordering what stands around it.
dq.data = function (text) { return dq.h("bdi", {}, text); };

dq.fill = function (template, places) {
  return template.replace(/\{(\w+)(?::\w+)?\}/g, function (whole, name) {
    return places && name in places ? places[name] : whole;
  });
};

dq.say = function (key, places) {
  var forms = dq.texts.words[key];
  if (!forms) return key;
  var form = forms[0];
  if (forms.length > 1 && places && "n" in places) {
    form = forms[dq.plural(dq.texts.language, Number(places.n))] || forms[forms.length - 1];
  }
  var shown = {};
  Object.keys(places || {}).forEach(function (name) {
    var value = places[name];
    shown[name] = typeof value === "number" ? dq.number(value) : value;
  });
  return dq.fill(form, shown);
};

dq.plural = function (language, n) {
  if (language === "en") return n === 1 ? 0 : 1;
  var tens = n % 100, ones = n % 10;
  if (ones === 1 && tens !== 11) return 0;
  return ones >= 2 && ones <= 4 && (tens < 12 || tens > 14) ? 1 : 2;
};

dq.number = function (value) {
  if (value === null || value === undefined) return "–";
  return new Intl.NumberFormat(dq.texts.language).format(value);
};

// A count in a table: nought is faint.
dq.figure = function (value) {
  return value ? dq.number(value) : dq.h("span", { class: "faint nought" }, dq.number(value));
};

// One decimal, so that a column lines up; never 0 or 100 for what only comes near.
dq.percent = function (share) {
  if (share === null || share === undefined) return "–";
  var near = share > 0 && share < 0.001 ? "<" : share < 1 && share > 0.999 ? ">" : "";
  var shown = near === "<" ? 0.001 : near ? 0.999 : share;
  var said = new Intl.NumberFormat(dq.texts.language, {
    style: "percent", minimumFractionDigits: share % 1 ? 1 : 0, maximumFractionDigits: 1,
  });
  return near + said.format(shown);
};

// `cents` is of the whole column: two digits for all, or for none.
dq.money = function (value, cents) {
  if (value === null || value === undefined) return "";
  var digits = cents || !Number.isInteger(Number(value)) ? 2 : 0;
  var options = { minimumFractionDigits: digits, maximumFractionDigits: 2 };
  if (dq.facts.currency) {
    options.style = "currency";
    options.currency = dq.facts.currency;
    options.currencyDisplay = "symbol";
  }
  try {
    return new Intl.NumberFormat(dq.texts.language, options).format(value);
  } catch (unknown) {
    return dq.number(Number(value));
  }
};

dq.cents = function (values) {
  return values.some(function (value) { return !Number.isInteger(Number(value || 0)); });
};

dq.moment = function (text) {
  var parts = /^(\d+)-(\d+)-(\d+)(?:T(\d+):(\d+))?/.exec(text || "");
  if (!parts) return text || "–";
  var when = new Date(Number(parts[1]), parts[2] - 1, Number(parts[3]), parts[4] || 0, parts[5] || 0);
  var options = dq.texts.language === "en" ? { day: "numeric", month: "short", year: "numeric" }
    : { day: "2-digit", month: "2-digit", year: "numeric" };
  if (parts[4]) { options.hour = "2-digit"; options.minute = "2-digit"; }
  var locale = dq.texts.language === "en" ? "en-GB" : dq.texts.language;
  return new Intl.DateTimeFormat(locale, options).format(when);
};

dq.chip = function (severity) {
  return dq.h("span", { class: "chip " + severity }, dq.texts.severity[severity] || severity);
};

dq.bar = function (share) {
  if (share === null || share === undefined) return dq.h("span", { class: "faint" }, "–");
  var kind = share < 0.8 ? "fill low" : share < 0.95 ? "fill mid" : "fill";
  return [
    dq.h("span", { class: "score" }, dq.percent(share)),
    dq.h("svg", { class: share < 1 ? "bar" : "bar whole", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
      dq.h("rect", { class: "track", width: 100, height: 4 }),
      dq.h("rect", { class: kind, width: Math.round(share * 10000) / 100, height: 4 })),
  ];
};
