// All causes with filters, and a cause with its records.
"use strict";

dq.rooms.findings = function (names, query) {
  var facts = dq.facts, texts = dq.texts;
  var q = (query.q || "").toLowerCase();
  var found = facts.groups.map(function (_, i) { return i; }).filter(function (i) {
    var group = facts.groups[i];
    return (!query.severity || group.severity === query.severity)
      && (!query.table || group.table === query.table)
      && (!query.family || group.code[0] === query.family)
      && (query.only !== "new" || group.new)
      && (!q || dq.groupText(i).indexOf(q) >= 0);
  });
  var page = dq.pageOf(found, query, dq.PAGE);
  var used = function (name) {
    return facts.groups.map(function (g) { return name === "family" ? g.code[0] : g[name]; })
      .filter(function (value, i, all) { return all.indexOf(value) === i; });
  };
  var any = [["", dq.say("any")]];
  return { title: dq.say("findings"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("findings"), " ", dq.h("span", { class: "count" }, dq.number(found.length))),
    dq.filters(
      dq.typed(dq.say("filter"), query, "findings", []),
      dq.select(dq.say("severity"), "severity", any.concat(["critical", "error", "warning", "info"]
        .filter(function (s) { return used("severity").indexOf(s) >= 0; })
        .map(function (s) { return [s, texts.severity[s]]; })), query, "findings", []),
      dq.select(dq.say("column.head.table"), "table", any.concat(used("table").map(function (t) { return [t, dq.tableName(t)]; })
        .sort(function (a, b) { return a[1].localeCompare(b[1], texts.language); })), query, "findings", []),
      dq.select(dq.say("family"), "family", any.concat(used("family").sort().map(function (f) { return [f, texts.families[f] || f]; })), query, "findings", []),
      facts.since ? dq.select(dq.say("since"), "only", any.concat([["new", dq.say("only_new")]]), query, "findings", []) : null),
    found.length ? dq.groupList(page.items) : dq.empty(dq.say("no_match"), dq.say("no_match_hint")),
    dq.pager(found.length, page.page, dq.PAGE, "findings", [], query),
  ] };
};

dq.groupText = function (i) {
  var group = dq.facts.groups[i];
  return (dq.texts.groups[i][0] + " " + group.code + " " + group.table + " " + (group.column || "")).toLowerCase();
};

dq.rooms.group = function (names, query) {
  var number = dq.groupPlace(names[0]);
  if (number < 0) return dq.nowhere();
  var group = dq.facts.groups[number], said = dq.texts.groups[number], rule = dq.texts.rules[group.code];
  var records = dq.h("div", { class: "records", "aria-live": "polite" }, dq.h("p", { class: "faint" }, dq.say("loading")));
  if (group.shown) {
    dq.loadRecords(group.table).then(function (shelf) {
      records.replaceChildren();
      dq.add(records, dq.records(dq.lines(shelf, number), group, query, "group", names));
      dq.restore();
    }, function () { dq.failed(records); });
  } else {
    records.replaceChildren(dq.h("p", { class: "soft" }, dq.say("about_table")));
  }
  return { title: said[0], body: [
    dq.trail([dq.link(dq.say("findings"), "findings"), dq.link(dq.tableName(group.table), "table", [group.table]),
      dq.link(group.code, "rule", [group.code])]),
    dq.h("section", {},
      dq.h("p", {}, dq.chip(group.severity), " ", dq.h("span", { class: "soft" }, rule[0])),
      dq.h("h1", { tabindex: "-1" }, said[0]),
      dq.h("p", { class: "facts" }, dq.h("code", {}, group.code), " ",
        dq.h("code", {}, group.table + (group.column ? "." + group.column : "")), " ",
        group.new ? dq.h("span", { class: "new" }, dq.say("new_here", { n: group.new })) : null, " ",
        said[1].map(function (fact) { return [dq.h("span", {}, fact), " "]; })),
      said[2] ? dq.h("p", {}, dq.h("b", {}, dq.say("page.fix") + ". "), said[2]) : null,
      rule[1] ? dq.h("p", { class: "soft" }, dq.h("b", {}, dq.say("page.why") + ". "), rule[1]) : null),
    records,
  ] };
};
