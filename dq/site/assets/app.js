// Finds the room that the address names, draws it, and keeps language and colours.
"use strict";

dq.address = function () {
  var whole = location.hash.replace(/^#\/?/, "");
  var cut = whole.indexOf("?");
  var decode = function (text) { try { return decodeURIComponent(text.replace(/\+/g, "%20")); } catch (broken) { return text; } };
  var names = (cut < 0 ? whole : whole.slice(0, cut)).split("/").map(decode);
  var query = {};
  (cut < 0 ? "" : whole.slice(cut + 1)).split("&").forEach(function (pair) {
    var equals = pair.indexOf("=");
    if (equals > 0) query[pair.slice(0, equals)] = decode(pair.slice(equals + 1));
  });
  return { room: names[0], names: names.slice(1), query: query };
};

// Draws the page of the address; `keep` is the id of the field that the reader types into.
dq.draw = function (keep) {
  var at = dq.address();
  var room = Object.prototype.hasOwnProperty.call(dq.rooms, at.room) ? dq.rooms[at.room] : dq.nowhere;
  var field = keep && document.getElementById(keep);
  dq.keeping = field ? { id: keep, start: field.selectionStart, end: field.selectionEnd } : null;
  var page = room(at.names, at.query);
  document.documentElement.lang = dq.texts.language;
  document.title = page.title + " · dq";
  dq.frame(at.room);
  var main = document.getElementById("main");
  main.replaceChildren();
  dq.add(main, page.body);
  main.classList.add("ready");
  if (keep) { dq.restore(); return; }
  window.scrollTo(0, 0);
  var head = main.querySelector("h1");
  if (head && dq.drawn) head.focus({ preventScroll: true });
  dq.drawn = true;
};

dq.restore = function () {
  var kept = dq.keeping, field = kept && document.getElementById(kept.id);
  if (!field || document.activeElement === field) return;
  field.focus({ preventScroll: true });
  field.setSelectionRange(kept.start, kept.end);
};

// The head of every page. Rooms that later parts fill stand here once they have something.
dq.NAV = [["", "overview"], ["findings", "findings"], ["tables", "tables"], ["rules", "rules"],
  ["glossary", "glossary"], ["runs", "runs"]];
dq.HOMES = { group: "findings", record: "tables", table: "tables", rule: "rules", run: "runs",
  term: "glossary", stages: "glossary", fields: "glossary", field: "glossary", departments: "glossary" };

dq.frame = function (room) {
  var here = dq.HOMES[room] || room;
  var nav = document.getElementById("nav");
  nav.setAttribute("aria-label", dq.say("navigation"));
  nav.replaceChildren();
  dq.add(nav, dq.NAV.filter(function (pair) { return pair[0] !== "glossary" || dq.facts.files.glossary; }).map(function (pair) {
    return dq.link(dq.say(pair[1]), pair[0], [], {}, { "aria-current": here === pair[0] ? "page" : null });
  }));
  var form = document.getElementById("search");
  form.setAttribute("aria-label", dq.say("search"));
  var input = form.querySelector("input");
  input.setAttribute("placeholder", dq.say("search_for"));
  input.setAttribute("aria-label", dq.say("search_for"));
  if (document.activeElement !== input) input.value = room === "search" ? dq.address().query.q || "" : "";
  var languages = document.getElementById("languages");
  languages.setAttribute("aria-label", dq.say("language"));
  languages.replaceChildren();
  dq.add(languages, Object.keys(dq.facts.files.texts).map(function (code) {
    return dq.h("button", { type: "button", lang: code, "aria-pressed": String(code === dq.texts.language),
      title: dq.NAMES[code], onclick: function () { dq.speak(code, true); } }, code.toUpperCase());
  }));
  var colours = document.getElementById("colours");
  colours.setAttribute("aria-label", dq.say("colours"));
  colours.setAttribute("title", dq.say("colours"));
  document.getElementById("skip").textContent = dq.say("skip");
  var foot = document.getElementById("foot");
  foot.replaceChildren();
  dq.add(foot, [dq.h("p", {}, dq.say("page.masked")),
    dq.h("p", {}, dq.say("made"), ": ", dq.moment(dq.facts.started), dq.facts.run ? " · " + dq.facts.run : ""), dq.seal()]);
};

// How the ledger stood: who keeps this page can tell later whether it was rewritten.
dq.seal = function () {
  var ledger = dq.facts.ledger;
  return ledger ? dq.h("p", { class: "seal" }, dq.say("ledger", { n: ledger.size }), " · ",
    dq.say("ledger_root"), " ", dq.h("code", {}, ledger.root),
    ledger.key ? [" · ", dq.say("ledger_key"), " ", dq.h("code", {}, ledger.key)] : null) : null;
};

dq.NAMES = { en: "English", ru: "Русский", uk: "Українська" };

dq.speak = function (language, chosen) {
  var file = dq.facts.files.texts[language];
  return dq.load(file).then(function () {
    dq.texts = dq.languages[language];
    if (chosen) dq.remember("language", language);
    dq.draw();
  });
};

dq.colour = function (name) {
  if (name) document.documentElement.setAttribute("data-theme", name);
};

dq.begin = function () {
  dq.colour(dq.recall("colours"));
  document.getElementById("colours").addEventListener("click", function () {
    var now = document.documentElement.getAttribute("data-theme")
      || (window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
    var next = now === "dark" ? "light" : "dark";
    dq.colour(next);
    dq.remember("colours", next);
  });
  document.getElementById("search").addEventListener("submit", function (event) {
    event.preventDefault();
    location.hash = dq.href("search", [], { q: this.querySelector("input").value }).slice(1);
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "/" || /^(input|select|textarea)$/i.test(event.target.tagName)) return;
    event.preventDefault();
    document.getElementById("search").querySelector("input").focus();
  });
  window.addEventListener("hashchange", function () { dq.draw(); });
  var wanted = dq.recall("language");
  dq.speak(dq.facts.files.texts[wanted] ? wanted : dq.facts.language, false);
};

dq.begin();
