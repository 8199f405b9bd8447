// What the field at the top finds: records, tables, rules, causes.
"use strict";

dq.rooms.search = function (names, query) {
  var q = (query.q || "").trim().toLowerCase();
  var box = dq.h("div", { "aria-live": "polite" });
  if (!q) {
    dq.add(box, dq.empty(dq.say("search_hint"), ""));
  } else {
    dq.add(box, dq.h("p", { class: "faint" }, dq.say("loading")));
    Promise.all([dq.loadAllRecords(), dq.loadGlossary()]).then(function (loaded) {
      box.replaceChildren();
      dq.add(box, dq.hits(q, loaded[0].filter(Boolean)));
    }, function () { dq.failed(box); });
  }
  return { title: dq.say("search"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("found_for"), " ", dq.data(query.q || "")), box] };
};

dq.hits = function (q, shelves) {
  var groups = dq.facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return dq.groupText(i).indexOf(q) >= 0; });
  var rules = dq.facts.rules.filter(function (rule) {
    return (rule.code + " " + dq.texts.rules[rule.code][0]).toLowerCase().indexOf(q) >= 0;
  });
  var tables = dq.facts.tables.filter(function (table) {
    return (table.name + " " + dq.tableName(table.name)).toLowerCase().indexOf(q) >= 0;
  });
  var records = [];
  shelves.forEach(function (shelf) {
    var seen = {};
    shelf.keys.forEach(function (key) {
      if (key.toLowerCase().indexOf(q) >= 0 && !seen[key]) { seen[key] = true; records.push({ table: shelf.table, key: key, value: "" }); }
    });
    Object.keys(shelf.lines).forEach(function (number) {
      shelf.lines[number].forEach(function (line) {
        if (line[0] === null || !line[1] || line[1].toLowerCase().indexOf(q) < 0) return;
        var key = shelf.keys[line[0]];
        if (!seen[key]) { seen[key] = true; records.push({ table: shelf.table, key: key, value: line[1] }); }
      });
    });
  });
  var terms = dq.glossary ? dq.termsFound(q) : [];
  if (!groups.length && !rules.length && !terms.length && !tables.length && !records.length) {
    return dq.empty(dq.say("no_match"), dq.say("search_scope"));
  }
  var order = new Intl.Collator(dq.texts.language, { numeric: true });
  var rank = function (hit) { return hit.key.toLowerCase() === q ? 0 : hit.value ? 2 : 1; };
  records.sort(function (a, b) { return rank(a) - rank(b) || order.compare(a.key, b.key); });
  var columns = [
    [dq.say("column.head.key"), function (hit) { return dq.link(dq.data(hit.key), "record", [hit.table, hit.key]); }],
    [dq.say("column.head.table"), function (hit) { return dq.link(dq.tableName(hit.table), "table", [hit.table]); }],
  ];
  if (records.some(function (hit) { return hit.value; })) {
    columns.push([dq.say("column.head.value"), function (hit) { return hit.value ? dq.data(hit.value) : ""; }]);
  }
  return [
    records.length ? dq.section(dq.say("records"), records.length, [dq.table(columns, records.slice(0, 100), dq.say("records")),
      records.length > 100 ? dq.h("p", { class: "soft small" }, dq.say("first_hundred")) : null]) : null,
    terms.length ? dq.section(dq.say("terms"), terms.length, dq.h("ul", { class: "lines" },
      terms.slice(0, dq.PAGE).map(function (term) { return dq.termLine(term, q); }))) : null,
    tables.length ? dq.section(dq.say("tables"), tables.length, dq.h("ul", { class: "plain-list" }, tables.map(function (table) {
      return dq.h("li", {}, dq.link(dq.tableName(table.name), "table", [table.name]));
    }))) : null,
    rules.length ? dq.section(dq.say("rules"), rules.length, dq.h("ul", { class: "plain-list" }, rules.map(function (rule) {
      return dq.h("li", {}, dq.link(rule.code + " · " + dq.texts.rules[rule.code][0], "rule", [rule.code]));
    }))) : null,
    groups.length ? dq.section(dq.say("findings"), groups.length, [dq.groupList(groups.slice(0, dq.PAGE)),
      groups.length > dq.PAGE ? dq.h("p", {}, dq.link(dq.say("all_groups", { n: groups.length }), "findings", [], { q: q })) : null]) : null,
  ];
};
