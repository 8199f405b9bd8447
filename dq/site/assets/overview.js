// The first page: can it be trusted, which tables, the worst causes, the trend.
"use strict";

dq.rooms[""] = function () {
  var texts = dq.texts, facts = dq.facts;
  var worst = facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return facts.groups[i].severity !== "info"; }).slice(0, 15);
  return { title: dq.say("overview"), body: [
    dq.hero(),
    texts.refused.length ? dq.h("section", { class: "alert" }, dq.h("h2", {}, dq.say("refused")),
      dq.h("ul", {}, texts.refused.map(function (said) { return dq.h("li", {}, dq.data(said)); }))) : null,
    dq.section(dq.say("by_table"), null, dq.troubled()),
    dq.section(dq.say("worst"), null, worst.length
      ? [dq.groupList(worst), dq.h("p", {}, dq.link(dq.say("all_groups", { n: facts.groups.length }), "findings"))]
      : dq.empty(dq.say("nothing_found"), dq.say("nothing_hint"))),
    dq.origins(8),
    dq.meaning(),
    dq.trend(),
    dq.unjudged(),
  ] };
};

dq.hero = function () {
  var texts = dq.texts, facts = dq.facts;
  return dq.h("section", { class: "hero " + facts.outcome },
    dq.h("p", { class: "verdict" }, texts.verdict),
    dq.h("h1", { tabindex: "-1" }, texts.headline),
    dq.h("p", { class: "soft" }, dq.say("label.as_of") + ": " + texts.asOf + ". " + texts.units),
    texts.counts.length ? dq.h("p", { class: "counts" }, dq.h("span", {}, texts.causes + ":"),
      texts.counts.map(function (pair) {
        return [" ", dq.link(pair[1], "findings", [], { severity: pair[0] }, { class: "tally " + pair[0] })];
      })) : null,
    texts.since ? dq.h("p", { class: "soft" }, texts.since.charAt(0).toUpperCase() + texts.since.slice(1), " ",
      facts.since && facts.since.new ? dq.link(dq.say("see_new"), "findings", [], { only: "new" }) : null) : null,
    texts.suppressed ? dq.h("p", { class: "soft" }, texts.suppressed) : null);
};

// Tables with errors, most first; of the others only their number.
dq.troubled = function () {
  var bad = dq.worstFirst(dq.facts.tables.filter(function (table) { return table.bad || table.incomplete; }));
  var clean = dq.facts.tables.length - bad.length;
  return [bad.length ? dq.scores(bad) : null,
    clean ? dq.h("p", {}, dq.link(dq.say("clean_tables", { n: clean }), "tables")) : null,
    dq.h("p", { class: "faint small" }, dq.say("formula"))];
};

// How far the glossary is, and who waits for whom.
dq.meaning = function () {
  var count = dq.facts.glossary;
  if (!count) return null;
  var of = function (part, whole) { return dq.say("part_of", { part: part, whole: whole }); };
  return dq.section(dq.say("glossary"), null, [
    dq.strip([
      [dq.say("defined"), count.found === null ? "" : of(count.defined, count.found)],
      [dq.say("approved_many"), of(count.approved, count.definitions)],
      [dq.say("waiting_many"), dq.number(count.waiting)]]),
    dq.h("p", { class: "faint small" }, dq.say("defined_hint")),
    count.oldest.length ? dq.table([
      [dq.say("waiting_what"), dq.waitingLink],
      [dq.firstUp(dq.say("proposed")), function (line) { return dq.data(line.by); }],
      [dq.say("waits_since"), function (line) { return [dq.moment(line.at.slice(0, 10)), line.days > 0 ? " · " + dq.say("days", { n: line.days }) : ""]; }],
    ], count.oldest, dq.say("waiting_many")) : null,
    count.subjects > count.oldest.length
      ? dq.h("p", { class: "small soft" }, dq.say("waiting_more", { n: count.subjects - count.oldest.length })) : null,
    dq.h("p", {}, dq.link(dq.say("to_glossary"), "glossary"))]);
};

dq.waitingLink = function (line) {
  var words = dq.inLanguage(line.label) || { stages: dq.say("stages"), departments: dq.say("departments") }[line.kind] || line.subject;
  var more = line.n > 1 ? [" ", dq.h("span", { class: "count" }, dq.say("definitions_many", { n: line.n }))] : null;
  return line.kind === line.subject ? [dq.link(words, line.kind, [], {}, { class: "inline" }), more]
    : [dq.link(dq.data(dq.firstUp(words)), line.kind, [line.subject], {}, { class: "inline" }), " ", dq.h("code", {}, line.subject), more];
};

dq.trend = function () {
  var svg = dq.texts.charts && dq.texts.charts.trend;
  if (!svg) return null;
  return dq.section(dq.say("trend"), null, [dq.drawing(svg, dq.say("trend_label")),
    dq.h("p", {}, dq.link(dq.say("all_runs", { n: dq.facts.runs.length }), "runs"))]);
};

dq.unjudged = function () {
  var kinds = ["errored", "not_applicable", "no_evidence"].filter(function (kind) {
    return dq.rulesEnding(kind).length;
  });
  if (!kinds.length) return null;
  return dq.section(dq.say("unjudged"), null, [
    dq.h("p", { class: "faint small" }, dq.say("unjudged_hint")),
    dq.h("ul", { class: "plain-list" }, kinds.map(function (kind) {
      var codes = dq.rulesEnding(kind);
      return dq.h("li", {}, dq.link(dq.texts.outcome[kind], "rules", [], { outcome: kind }), " ",
        dq.h("span", { class: "count" }, dq.number(codes.length)));
    }))]);
};
