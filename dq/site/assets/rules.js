// All rules, a rule, and how they ended.
"use strict";

dq.endings = function (rows) {
  return dq.table([
    [dq.say("rule"), function (row) { return dq.link(row.code, "rule", [row.code]); }],
    [dq.say("what"), function (row) { return dq.texts.rules[row.code][0]; }, "lead"],
    [dq.say("how_ended"), function (row) { return dq.ending(row.end); }],
    [dq.say("judged"), function (row) { return row.end[2] ? dq.number(row.end[2]) : ""; }, "num"],
    [dq.say("records"), function (row) { return row.end[4] ? dq.number(row.end[4]) : ""; }, "num"],
  ], rows, dq.say("rules"));
};

dq.ending = function (end) {
  var said = dq.h("span", { class: "ended " + end[1] }, dq.texts.outcome[end[1]]);
  return end[5] === null ? said : [said, dq.h("span", { class: "soft small block" }, dq.texts.reasons[end[5]])];
};

dq.rulesEnding = function (kind) {
  return dq.facts.rules.filter(function (rule) {
    return rule.ended.some(function (end) { return end[1] === kind; });
  });
};

dq.rooms.rules = function (names, query) {
  var q = (query.q || "").toLowerCase();
  var rules = (query.outcome ? dq.rulesEnding(query.outcome) : dq.facts.rules).filter(function (rule) {
    return !q || (rule.code + " " + dq.texts.rules[rule.code].join(" ")).toLowerCase().indexOf(q) >= 0;
  });
  var kinds = Object.keys(dq.texts.outcome).filter(function (kind) { return dq.rulesEnding(kind).length; });
  return { title: dq.say("rules"), body: [
    dq.h("h1", { tabindex: "-1" }, dq.say("rules"), " ", dq.h("span", { class: "count" }, dq.number(rules.length))),
    dq.filters(
      dq.typed(dq.say("filter"), query, "rules", []),
      dq.select(dq.say("how_ended"), "outcome", [["", dq.say("any")]].concat(kinds.map(function (kind) {
        return [kind, dq.texts.outcome[kind]];
      })), query, "rules", [])),
    rules.length ? dq.table([
      [dq.say("rule"), function (rule) { return dq.link(rule.code, "rule", [rule.code]); }],
      [dq.say("what"), function (rule) { return dq.texts.rules[rule.code][0]; }, "lead"],
      [dq.say("family"), function (rule) { return dq.texts.families[rule.code[0]] || rule.code[0]; }],
      [dq.say("how_ended"), function (rule) { return dq.tally(rule, query.outcome); }],
      [dq.say("records"), function (rule) {
        var n = rule.ended.reduce(function (sum, end) { return sum + end[4]; }, 0);
        return n ? dq.number(n) : "";
      }, "num"],
    ], rules, dq.say("rules")) : dq.empty(dq.say("no_match"), dq.say("no_match_hint")),
  ] };
};

// How often a rule ended how; with one outcome asked for, the tables and the reasons.
dq.tally = function (rule, outcome) {
  if (outcome) {
    var reasons = {};
    rule.ended.filter(function (end) { return end[1] === outcome; }).forEach(function (end) {
      var reason = end[5] === null ? "" : dq.texts.reasons[end[5]];
      (reasons[reason] = reasons[reason] || []).push(end[0] ? dq.tableName(end[0]) : "");
    });
    return Object.keys(reasons).map(function (reason) {
      return dq.h("span", { class: "block" }, reasons[reason].filter(Boolean).join(", "),
        reason ? dq.h("span", { class: "soft small block" }, reason) : null);
    });
  }
  var counts = {};
  rule.ended.forEach(function (end) { counts[end[1]] = (counts[end[1]] || 0) + 1; });
  var kinds = Object.keys(dq.texts.outcome);
  var urgent = function (kind) { return kind === "errored" ? 0 : kind === "failed" ? 1 : 2; };
  kinds.sort(function (a, b) { return urgent(a) - urgent(b); });
  return kinds.filter(function (kind) { return counts[kind]; }).map(function (kind, i) {
    return [i ? " · " : "", dq.h("span", { class: "ended " + kind }, dq.texts.outcome[kind]),
      counts[kind] > 1 ? " × " + dq.number(counts[kind]) : ""];
  });
};

dq.rooms.rule = function (names, query) {
  var rule = dq.facts.rules.filter(function (one) { return one.code === names[0]; })[0];
  if (!rule) return dq.nowhere();
  var said = dq.texts.rules[rule.code];
  var groups = dq.facts.groups.map(function (_, i) { return i; })
    .filter(function (i) { return dq.facts.groups[i].code === rule.code; });
  var page = dq.pageOf(groups, query, dq.PAGE);
  return { title: rule.code + " · " + said[0], body: [
    dq.trail([dq.link(dq.say("rules"), "rules"), dq.texts.families[rule.code[0]] || rule.code[0]]),
    dq.h("h1", { tabindex: "-1" }, dq.h("code", {}, rule.code), " ", said[0]),
    said[1] ? dq.h("p", { class: "soft" }, dq.h("b", {}, dq.say("page.why") + ". "), said[1]) : null,
    dq.h("p", { class: "small" }, dq.command("dq explain " + rule.code)),
    dq.section(dq.say("findings"), groups.length, groups.length
      ? [dq.groupList(page.items), dq.pager(groups.length, page.page, dq.PAGE, "rule", names, query)]
      : dq.empty(dq.say("nothing_by_rule"), "")),
    dq.section(dq.say("how_ended_by_table"), null, rule.ended.length ? dq.table([
      [dq.say("column.head.table"), function (end) { return end[0] ? dq.link(dq.tableName(end[0]), "table", [end[0]]) : "–"; }],
      [dq.say("how_ended"), dq.ending],
      [dq.say("judged"), function (end) { return end[2] ? dq.number(end[2]) : ""; }, "num"],
      [dq.say("records"), function (end) { return end[4] ? dq.number(end[4]) : ""; }, "num"],
    ], rule.ended, dq.say("how_ended_by_table")) : dq.empty(dq.say("not_run"), "")),
  ] };
};
