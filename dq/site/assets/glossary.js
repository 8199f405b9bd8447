// The room of meanings: all terms, found by any word in any language; parts its other pages share.
"use strict";

// A page of this room: drawn at once where the glossary is loaded, else as soon as it is.
dq.inGlossary = function (draw) {
  if (dq.glossary) return draw(dq.glossary);
  if (!dq.facts.files.glossary) return dq.nowhere();
  var box = dq.h("div", { "aria-live": "polite" }, dq.h("p", { class: "faint" }, dq.say("loading")));
  dq.load(dq.facts.files.glossary).then(function () {
    if (box.isConnected) dq.draw(dq.keeping && dq.keeping.id);
  }, function () { dq.failed(box); });
  return { title: dq.say("glossary"), body: [dq.h("h1", { tabindex: "-1" }, dq.say("glossary")), box] };
};

// A text in the reader's language, else the nearest there is.
dq.inLanguage = function (texts) {
  var found = [dq.texts.language, "", "en", "ru", "uk"].filter(function (code) { return texts && texts[code]; });
  return found.length ? texts[found[0]] : "";
};

dq.label = function (of) { return dq.inLanguage(of.label) || of.name; };

dq.whose = function (name) {
  if (!name) return dq.say("glossary.company");
  var found = dq.glossary.departments.filter(function (one) { return one.name === name; })[0];
  return found ? dq.label(found) : name;
};

dq.word = function (kind, name, places) { return dq.say(kind + "." + name, places); };

dq.firstUp = function (text) { return text.charAt(0).toUpperCase() + text.slice(1); };

dq.termNamed = function (name) {
  return dq.glossary.terms.filter(function (term) { return term.name === name; })[0];
};

dq.termLinks = function (names) {
  return names.map(function (name, i) {
    var term = dq.termNamed(name);
    return [i ? ", " : "", term ? dq.link(dq.data(dq.label(term)), "term", [name]) : dq.data(name)];
  });
};

// What is the same to a reader: case, ё and е, accents, apostrophes, low lines.
dq.fold = function (text) {
  return text.normalize("NFKD").toLowerCase()
    .replace(/[\u0300-\u0305\u0307\u0309-\u036f]/g, "")
    .replace(/([a-zе])[\u0306\u0308]/g, "$1")
    .normalize("NFC")
    .replace(/['"`´‘’ʼʹ′«»„“”]/g, "").replace(/[\s_]+/g, " ").trim();
};

dq.spoken = function (texts) {
  return Object.keys(texts || {}).map(function (code) { return texts[code]; });
};

// What a term is found by: its own words, and those of its explanations.
dq.termWords = function (term) {
  if (term.words) return term.words;
  var names = [term.name].concat(dq.spoken(term.label), term.synonyms).map(dq.fold);
  var said = [];
  term.sides.forEach(function (side) {
    side.versions.forEach(function (version) {
      [version.text, version.next].forEach(function (text) {
        if (text) said = said.concat(dq.spoken(text.means), dq.spoken(text.change));
      });
    });
  });
  term.words = { names: names, all: names.join(" ") + " " + dq.fold(said.join(" ")) };
  return term.words;
};

// 0: a name begins so; 1: a name holds it; 2: an explanation does; -1: nothing.
dq.rankOf = function (term, asked) {
  var words = dq.termWords(term);
  if (words.names.some(function (name) { return name.indexOf(asked) === 0; })) return 0;
  if (words.names.some(function (name) { return name.indexOf(asked) >= 0; })) return 1;
  return asked.split(" ").every(function (word) { return words.all.indexOf(word) >= 0; }) ? 2 : -1;
};

dq.termsFound = function (q) {
  var asked = dq.fold(q);
  var order = new Intl.Collator(dq.texts.language);
  return dq.glossary.terms.map(function (term) { return [asked ? dq.rankOf(term, asked) : 0, dq.label(term), term]; })
    .filter(function (hit) { return hit[0] >= 0; })
    .sort(function (a, b) { return a[0] - b[0] || order.compare(a[1], b[1]); })
    .map(function (hit) { return hit[2]; });
};

dq.STATUS = { approved: "good", waiting: "warning", unapproved: "info" };

dq.statusWord = function (status) {
  return { approved: dq.say("approved"), waiting: dq.say("waiting"), unapproved: dq.say("unapproved") }[status];
};

dq.statusChips = function (statuses) {
  return statuses.map(function (status) {
    return [dq.h("span", { class: "chip " + dq.STATUS[status] }, dq.statusWord(status)), " "];
  });
};

// The definition that counts today, the company's or a department's.
dq.nowOf = function (side) {
  var versions = side.versions;
  return versions.filter(function (one) { return one.state === "now"; })[0]
    || versions.filter(function (one) { return one.state === "later"; })[0] || versions[0];
};

dq.meansOf = function (side) {
  var now = side && dq.nowOf(side);
  return now && now.text ? dq.inLanguage(now.text.means) : "";
};

// A line of a list that leads to a page: name, facts, what it means, where it stands.
dq.entry = function (href, name, facts, means, more, statuses) {
  return dq.h("li", { class: "line" }, dq.h("a", { class: "entry", href: href },
    dq.h("span", { class: "entry-name" }, dq.h("span", { class: "sentence" }, name),
      dq.h("span", { class: "facts" }, facts)),
    dq.h("span", { class: "entry-means" }, means, more && dq.h("span", { class: "facts" }, more)),
    dq.h("span", { class: "entry-status" }, dq.statusChips(statuses))));
};

dq.termLine = function (term, q) {
  var own = term.sides.filter(function (side) { return side.department && side.versions.length; });
  var asked = dq.fold(q || ""), label = dq.label(term);
  var other = asked && dq.fold(label).indexOf(asked) < 0 ? dq.spoken(term.label).concat(term.synonyms)
    .filter(function (word) { return dq.fold(word).indexOf(asked) >= 0; })[0] : null;
  return dq.entry(dq.href("term", [term.name]), dq.data(label), [
    other ? dq.h("span", {}, dq.data(other)) : null, other ? " " : null,
    dq.h("code", {}, term.name), " ", dq.h("span", {}, dq.kindOf(term))],
  dq.data(dq.meansOf(term.sides[0])), own.length ? dq.h("span", {}, dq.say("own_in") + " ",
    own.map(function (side, i) { return [i ? ", " : "", dq.data(dq.whose(side.department))]; })) : null, term.statuses);
};

dq.kindOf = function (term) {
  return dq.word("glossary.kind", term.kind) + (term.of ? " · " + dq.tableName(term.of) : "");
};

// The pages of this room, side by side under its head.
dq.tabs = function (here) {
  var room = dq.glossary;
  var pages = [["glossary", dq.say("terms"), room.terms.length],
    ["stages", dq.say("stages"), room.stages ? room.stages.canonical.length : 0],
    ["fields", dq.say("fields"), room.fields.length],
    ["departments", dq.say("departments"), room.departments.length]];
  return dq.h("nav", { class: "tabs", "aria-label": dq.say("glossary") }, pages.filter(function (page) {
    return page[2] || page[0] === "glossary";
  }).map(function (page) {
    return dq.link([page[1], " ", dq.h("span", { class: "count" }, dq.number(page[2]))], page[0], [], {},
      { "aria-current": page[0] === here ? "page" : null });
  }));
};

dq.statusFilter = function (of, query, room) {
  var used = ["approved", "waiting", "unapproved"].filter(function (status) {
    return of.some(function (one) { return one.statuses.indexOf(status) >= 0; });
  });
  return dq.select(dq.say("status"), "status", [["", dq.say("any")]].concat(used.map(function (status) {
    return [status, dq.statusWord(status)];
  })), query, room, []);
};

dq.rooms.glossary = function (names, query) {
  return dq.inGlossary(function (room) {
    var kinds = room.terms.map(function (term) { return term.kind; })
      .filter(function (kind, i, all) { return all.indexOf(kind) === i; });
    var found = dq.termsFound(query.q || "").filter(function (term) {
      return (!query.kind || term.kind === query.kind) && (!query.status || term.statuses.indexOf(query.status) >= 0);
    });
    var page = dq.pageOf(found, query, dq.PAGE);
    return { title: dq.say("glossary"), body: [
      dq.h("h1", { tabindex: "-1" }, dq.say("glossary")),
      dq.tabs("glossary"),
      room.terms.length ? dq.filters(
        dq.typed(dq.say("find_term"), query, "glossary", []),
        dq.select(dq.say("family"), "kind", [["", dq.say("any")]].concat(kinds.map(function (kind) {
          return [kind, dq.word("glossary.kind", kind)];
        })), query, "glossary", []),
        dq.statusFilter(room.terms, query, "glossary")) : null,
      found.length ? dq.h("ul", { class: "lines" }, page.items.map(function (term) { return dq.termLine(term, query.q); }))
        : dq.empty(dq.say("no_match"), room.terms.length ? dq.say("no_match_hint") : ""),
      dq.pager(found.length, page.page, dq.PAGE, "glossary", [], query),
    ] };
  });
};
